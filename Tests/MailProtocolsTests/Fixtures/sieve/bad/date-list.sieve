# line 3: date takes one header field
require ["date"];
if date ["date"] "hour" "1" { keep; }
