# line 2: a command where a test is due
if keep { stop; }
