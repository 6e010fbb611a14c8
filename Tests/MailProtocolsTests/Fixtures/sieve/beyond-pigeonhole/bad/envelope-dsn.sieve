# line 3: Pigeonhole 0.5.19 lacks RFC 6009: orcpt needs require "envelope-dsn"
require ["envelope"];
if envelope "orcpt" "x" { keep; }
