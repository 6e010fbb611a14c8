# require index date
require ["index", "date"];
if header :index 1 "received" "a" { keep; }
if address :index 2 :last "from" "a" { keep; }
if date :last :index 1 "received" "year" "2026" { keep; }
