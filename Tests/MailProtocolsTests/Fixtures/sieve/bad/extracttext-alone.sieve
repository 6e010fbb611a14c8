# line 2: extracttext needs variables
require ["extracttext", "foreverypart"];
foreverypart { extracttext "a"; }
