# line 4: a capability nobody knows allows nothing behind its block
require ["ihave"];
if ihave "vnd.example.none" { keep; }
frobnicate;
