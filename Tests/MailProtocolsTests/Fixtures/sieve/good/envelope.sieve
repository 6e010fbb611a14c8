# require envelope subaddress
require ["envelope", "subaddress"];
if envelope :all :is "from" "" { discard; }
if envelope :detail ["to", "FROM"] ["a", "b"] { keep; }
if envelope "auth" "x" { keep; }
