# require date relational
require ["date", "relational"];
if date :zone "+0100" :value "ge" "date" "hour" "09" { keep; }
if date :originalzone "received" "iso8601" "x" { keep; }
if currentdate :is "weekday" ["0", "6"] { keep; }
if currentdate :zone "-0500" "date" "2026-11-21" { keep; }
