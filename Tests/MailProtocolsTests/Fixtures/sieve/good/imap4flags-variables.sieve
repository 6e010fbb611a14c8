# require imap4flags variables
require ["imap4flags", "variables"];
setflag "v" "a";
addflag "v" ["b", "c"];
if hasflag ["v", "w"] "a" { keep :flags "${v}"; }
