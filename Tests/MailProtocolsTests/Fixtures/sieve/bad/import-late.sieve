# line 4: import behind another command
require ["include", "variables"];
keep;
import "a";
