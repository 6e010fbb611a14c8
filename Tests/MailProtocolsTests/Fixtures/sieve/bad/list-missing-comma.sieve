# line 2: no comma between two strings
if exists ["a" "b"] { keep; }
