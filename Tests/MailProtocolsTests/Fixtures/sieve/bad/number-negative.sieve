# line 2: numbers have no sign
if size :over -1 { keep; }
