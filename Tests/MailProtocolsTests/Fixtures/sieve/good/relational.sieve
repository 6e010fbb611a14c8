# require relational comparator-i;ascii-numeric
require ["relational", "comparator-i;ascii-numeric"];
if header :count "gt" "received" "5" { discard; }
if header :value "ge" :comparator "i;ascii-numeric" "x-score" "10" { discard; }
if address :all :count "eq" ["to", "cc"] "1" { keep; }
