# line 3: the variable is one string
require ["imap4flags", "variables"];
setflag ["a"] "b";
