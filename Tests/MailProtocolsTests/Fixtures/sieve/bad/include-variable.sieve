# line 3: a name that is known at run time only
require ["include", "variables"];
include "${a}";
