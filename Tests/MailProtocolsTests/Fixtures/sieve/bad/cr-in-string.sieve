# line 2: a CR alone is in no string
if header "a" "bc" { keep; }
