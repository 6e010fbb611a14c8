# line 2: a comparator that nobody knows
if header :comparator "i;nonsense" "a" "1" { keep; }
