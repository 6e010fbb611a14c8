# line 3: a path is no name of a script
require ["include"];
include "a/b";
