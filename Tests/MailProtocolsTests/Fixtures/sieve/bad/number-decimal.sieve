# line 2: numbers have no point
if size :over 1.5 { keep; }
