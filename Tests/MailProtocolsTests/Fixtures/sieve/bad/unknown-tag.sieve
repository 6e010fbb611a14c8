# line 2: a tag that header does not have
if header :equals "a" "b" { keep; }
