# line 2: a tag between the positional arguments
if header "a" :is "b" { keep; }
