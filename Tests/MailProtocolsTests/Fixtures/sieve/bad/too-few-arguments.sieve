# line 2: header takes two arguments
if header "a" { keep; }
