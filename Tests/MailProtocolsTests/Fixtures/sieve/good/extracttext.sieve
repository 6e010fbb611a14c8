# require extracttext foreverypart variables
require ["extracttext", "foreverypart", "variables"];
foreverypart { extracttext :first 100 "text"; extracttext :upper :length "n"; }
