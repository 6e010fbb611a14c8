# require subaddress
require ["subaddress"];
if address :user "from" "a" { keep; }
if address :detail :contains "to" "b" { keep; }
