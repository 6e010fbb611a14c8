# line 3: :text and :raw together
require ["body"];
if body :text :raw "a" { keep; }
