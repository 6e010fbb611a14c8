# line 2: else behind else
if header "a" "b" {} else {} else {}
