# line 2: the brace on line 2 is never closed
if true {
  keep;
