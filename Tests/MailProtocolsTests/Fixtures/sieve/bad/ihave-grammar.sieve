# line 3: what is never run has to be Sieve all the same
require ["ihave"];
if ihave "vnd.example.none" { frobnicate }
