# line 2: a tag behind the positional arguments
if header "a" "b" :is { keep; }
