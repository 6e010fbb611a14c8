# require mboxmetadata servermetadata
require ["mboxmetadata", "servermetadata"];
if metadata :contains "INBOX" "/private/a" ["b"] { keep; }
if metadataexists "INBOX" ["/private/a", "/shared/b"] { keep; }
if servermetadata "/private/a" "b" { keep; }
if servermetadataexists ["/private/a"] { keep; }
