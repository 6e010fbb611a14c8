# Pigeonhole 0.5.19 lacks mailboxid (RFC 9042)
require ["mailboxid", "fileinto"];
fileinto :mailboxid "F1" "a";
if mailboxidexists ["F1", "F2"] { keep; }
