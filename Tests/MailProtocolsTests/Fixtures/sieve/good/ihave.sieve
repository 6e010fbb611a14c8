# require ihave
require ["ihave"];
if ihave "fileinto" { fileinto "a"; }
if not ihave ["imap4flags", "copy"] { error "too old"; }
if ihave "vnd.example.none" { frobnicate :hard "x" { keep; } }
if allof (ihave "envelope", envelope "from" "a") { keep; }
if ihave "comparator-i;ascii-numeric" { if header :comparator "i;ascii-numeric" "a" "1" { keep; } }
