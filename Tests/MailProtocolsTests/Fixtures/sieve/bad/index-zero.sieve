# line 3: positions count from 1
require ["index"];
if header :index 0 "a" "b" { keep; }
