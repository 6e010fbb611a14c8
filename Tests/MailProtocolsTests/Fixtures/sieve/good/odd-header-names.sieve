# a name that is none draws a warning only
if header "a b" "c" { keep; }
if exists "x:" { keep; }
