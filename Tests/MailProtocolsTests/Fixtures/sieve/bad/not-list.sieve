# line 2: not takes one test, not a list
if not (true) { keep; }
