# Pigeonhole 0.5.19 lacks ereject (RFC 5429)
require ["ereject"];
ereject "no";
