# line 3: not ihave of what nobody knows is always true
require ["ihave"];
if not ihave "vnd.example.none" { frobnicate; }
