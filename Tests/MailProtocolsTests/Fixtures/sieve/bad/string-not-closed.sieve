# line 2: the quote is never closed
if header "subject" "a { keep; }

