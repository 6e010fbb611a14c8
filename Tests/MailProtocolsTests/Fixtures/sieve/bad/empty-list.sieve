# line 2: a list has at least one string
if header [] "a" { keep; }
