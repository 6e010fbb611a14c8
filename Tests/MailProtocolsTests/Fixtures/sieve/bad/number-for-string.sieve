# line 2: a number where a string list is due
if header 1 "b" { keep; }
