# line 3: a part that the envelope does not have
require ["envelope"];
if envelope "cc" "a" { keep; }
