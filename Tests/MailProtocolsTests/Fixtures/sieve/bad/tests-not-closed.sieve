# line 2: the list of tests is never closed
if allof (true, false { keep; }
