# Pigeonhole 0.5.19 lacks these comparators
require ["comparator-i;unicode-casemap", "comparator-en;ascii-casemap"];
if header :comparator "i;unicode-casemap" "a" "b" { keep; }
