# line 2: :comparator takes one string
if header :comparator ["i;octet"] "a" "1" { keep; }
