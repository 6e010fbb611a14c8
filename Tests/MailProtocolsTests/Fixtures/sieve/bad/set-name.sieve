# line 3: a name with a hyphen
require ["variables"];
set "a-b" "c";
