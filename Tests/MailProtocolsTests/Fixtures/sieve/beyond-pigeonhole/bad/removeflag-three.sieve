# line 3: Pigeonhole 0.5.19 takes no notice of a third argument
require ["imap4flags", "variables"];
removeflag "a" "b" "c";
