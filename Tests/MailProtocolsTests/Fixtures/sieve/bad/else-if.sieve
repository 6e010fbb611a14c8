# line 2: else if, where Sieve has elsif
if header "a" "b" {} else if true { keep; }
