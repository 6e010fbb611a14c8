# line 3: a match variable is not set
require ["variables"];
set "1" "c";
