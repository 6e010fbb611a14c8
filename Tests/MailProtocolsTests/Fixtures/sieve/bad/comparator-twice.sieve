# line 2: :comparator twice
if header :comparator "i;octet" :comparator "i;octet" "a" "1" { keep; }
