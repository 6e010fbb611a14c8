# line 3: metadata takes one mailbox
require ["mboxmetadata"];
if metadata ["a"] "/private/b" "c" { keep; }
