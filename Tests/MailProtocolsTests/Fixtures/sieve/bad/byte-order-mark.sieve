# line 1: a byte order mark is not Sieve
keep;
