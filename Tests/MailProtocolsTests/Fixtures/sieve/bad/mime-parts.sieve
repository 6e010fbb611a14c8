# line 3: :type and :subtype together
require ["mime"];
if header :mime :type :subtype "a" "b" { keep; }
