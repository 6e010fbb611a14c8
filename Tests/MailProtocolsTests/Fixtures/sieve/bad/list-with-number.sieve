# line 2: a number in a list of strings
if exists ["a", 1] { keep; }
