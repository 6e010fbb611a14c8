# require imapsieve environment
require ["imapsieve", "environment"];
if environment "imap.cause" "APPEND" { keep; }
