# line 3: Pigeonhole 0.5.19 lacks special-use: the mailbox is one string
require ["special-use"];
if specialuse_exists ["a", "b"] "\\Junk" { keep; }
