# line 2: if takes one test, not a list
if (true, false) { keep; }
