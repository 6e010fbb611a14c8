# line 3: a namespace that does not exist
require ["variables"];
set "a.b" "c";
