# require regex variables
require ["regex", "variables"];
if header :regex "subject" ["^a+b*$", "(x|y)"] { set "m" "${1}"; }
if header :regex :comparator "i;octet" "a" "b" { keep; }
