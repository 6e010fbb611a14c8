# line 3: a name with a blank
require ["editheader"];
addheader "a b" "c";
