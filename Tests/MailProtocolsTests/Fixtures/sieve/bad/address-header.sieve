# line 2: a header field without addresses
if address "subject" "b" { keep; }
