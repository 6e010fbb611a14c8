# Pigeonhole 0.5.19 lacks extlists (RFC 6134)
require ["extlists", "envelope"];
if envelope :list "from" ":addrbook:default" { keep; }
if valid_ext_list ["a"] { redirect :list "tag:example,2026:family"; }
