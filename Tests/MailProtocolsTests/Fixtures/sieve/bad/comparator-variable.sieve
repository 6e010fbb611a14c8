# line 3: a comparator must be spelled out
require ["variables"];
if header :comparator "${a}" "x" "y" { keep; }
