# Pigeonhole 0.5.19 is not Cyrus
require ["vnd.cyrus.log", "vnd.cyrus.jmapquery"];
log "x";
if jmapquery "{}" { keep; }
