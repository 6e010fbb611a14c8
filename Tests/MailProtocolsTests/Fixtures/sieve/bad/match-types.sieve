# line 2: :is and :contains together
if header :is :contains "a" "b" { keep; }
