# require spamtest
require ["spamtest"];
if spamtest :is "10" { discard; }
