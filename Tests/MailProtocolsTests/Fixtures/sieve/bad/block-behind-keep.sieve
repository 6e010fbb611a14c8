# line 2: keep takes no block
keep { stop; }
