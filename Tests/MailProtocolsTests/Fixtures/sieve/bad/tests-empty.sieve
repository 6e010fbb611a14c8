# line 2: a list has at least one test
if allof () { keep; }
