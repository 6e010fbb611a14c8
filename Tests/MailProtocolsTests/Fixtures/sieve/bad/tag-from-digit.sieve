# line 2: a tag does not begin with a digit
if size :1over 1 { keep; }
