# line 3: :content takes a list
require ["body"];
if body :content :contains "a" { keep; }
