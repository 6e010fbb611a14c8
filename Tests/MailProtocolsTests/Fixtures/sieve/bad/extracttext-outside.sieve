# line 3: extracttext outside of a loop
require ["extracttext", "foreverypart", "variables"];
extracttext "a";
