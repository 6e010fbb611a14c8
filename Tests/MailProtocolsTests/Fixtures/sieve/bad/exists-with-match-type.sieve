# line 2: exists has no match type
if exists :is "a" { keep; }
