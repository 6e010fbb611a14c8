# line 2: i;ascii-numeric without require
if header :comparator "i;ascii-numeric" "a" "1" { keep; }
