# line 3: :anychild needs :mime
require ["mime"];
if header :anychild "a" "b" { keep; }
