# Pigeonhole 0.5.19 compiles regular expressions, which are not judged here
require ["regex"];
if header :regex "a" "(" { keep; }
