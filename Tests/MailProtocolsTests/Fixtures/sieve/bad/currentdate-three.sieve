# line 3: currentdate takes two arguments
require ["date"];
if currentdate "date" "hour" "1" { keep; }
