# line 3: Pigeonhole 0.5.19 lacks fcc: :create belongs to :fcc
require ["fcc", "vacation", "mailbox"];
vacation :create "x";
