# line 3: :count takes a relation
require ["relational"];
if header :count ["gt"] "a" "1" { keep; }
