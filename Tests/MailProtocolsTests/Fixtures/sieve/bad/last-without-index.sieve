# line 3: :last needs :index
require ["index"];
if header :last "a" "b" { keep; }
