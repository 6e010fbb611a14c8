# line 2: :is twice
if header :is :is "a" "b" { keep; }
