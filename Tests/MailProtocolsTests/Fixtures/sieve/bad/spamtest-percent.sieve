# line 3: :percent without require "spamtestplus"
require ["spamtest"];
if spamtest :percent "1" { keep; }
