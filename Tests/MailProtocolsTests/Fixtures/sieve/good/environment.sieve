# require environment
require ["environment"];
if environment :contains "remote-host" ["a", "b"] { keep; }
