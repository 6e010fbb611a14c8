# line 2: Pigeonhole 0.5.19 lacks ereject, which needs require
ereject "no";
