# line 2: a string where a number is due
if size :over "1" { keep; }
