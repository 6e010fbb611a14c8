# line 3: :user and :detail together
require ["subaddress"];
if address :user :detail "from" "a" { keep; }
