# Pigeonhole 0.5.19 lacks :quoteregex
require ["regex", "variables"];
set :quoteregex "a" "b";
