# require reject
require ["reject"];
if header "a" "b" { reject text:
no
.
; }
reject "never";
