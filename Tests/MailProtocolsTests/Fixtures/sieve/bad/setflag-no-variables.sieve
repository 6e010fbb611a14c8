# line 3: a variable's name without require "variables"
require ["imap4flags"];
setflag "a" "b";
