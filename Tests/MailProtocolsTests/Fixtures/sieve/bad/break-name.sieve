# line 3: break of a loop that is not around
require ["foreverypart"];
foreverypart :name "a" { break :name "b"; }
