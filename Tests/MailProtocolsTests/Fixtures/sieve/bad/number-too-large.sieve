# line 2: one more than 64 bits hold
if size :over 18446744073709551616 { keep; }
