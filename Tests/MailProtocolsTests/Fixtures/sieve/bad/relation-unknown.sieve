# line 3: a relation that does not exist
require ["relational"];
if header :count "more" "a" "1" { keep; }
