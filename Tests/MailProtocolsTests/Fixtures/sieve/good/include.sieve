# require include variables: script a must be there
require ["include", "variables"];
include :personal "a"; include :global :once "a"; include :optional "none"; include "a";
global ["x", "y"]; set "global.z" "1"; if true { return; }
