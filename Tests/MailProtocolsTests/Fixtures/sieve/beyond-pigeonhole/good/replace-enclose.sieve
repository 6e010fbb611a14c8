# Pigeonhole 0.5.19 lacks replace and enclose (RFC 5703)
require ["replace", "enclose", "foreverypart"];
foreverypart { replace :mime :subject "s" :from "a@b" "x"; }
enclose :subject "s" :headers ["a: b"] "x";
