# line 2: if takes a test, not a string
if "a" { keep; }
