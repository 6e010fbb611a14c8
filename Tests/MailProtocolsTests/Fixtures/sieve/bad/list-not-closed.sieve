# line 3: the list is never closed
if exists ["a",
  "b" { keep; }
