# line 3: a name with a colon
require ["editheader"];
deleteheader "a:";
