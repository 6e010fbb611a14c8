# line 3: :header and :uniqueid together
require ["duplicate"];
if duplicate :header "a" :uniqueid "b" { keep; }
