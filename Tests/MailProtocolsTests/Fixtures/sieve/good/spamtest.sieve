# require spamtestplus virustest relational comparator-i;ascii-numeric
require ["spamtestplus", "virustest", "relational", "comparator-i;ascii-numeric"];
if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "80" { discard; }
if virustest :value "eq" :comparator "i;ascii-numeric" "5" { discard; }
