# require imap4flags fileinto relational
require ["imap4flags", "fileinto", "relational"];
setflag "\\Seen";
addflag ["a", "\\Flagged"];
removeflag "a b c";
if hasflag :contains ["a"] { keep :flags "b"; }
if hasflag :count "ge" "2" { fileinto :flags ["x", "y"] "z"; }
