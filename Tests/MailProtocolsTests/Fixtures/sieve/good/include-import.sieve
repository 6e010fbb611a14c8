# import and export of the drafts of RFC 6609
require ["include", "variables"];
import "x";
export ["y", "z"];
set "x" "1";
