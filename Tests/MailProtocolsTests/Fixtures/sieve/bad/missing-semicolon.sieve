# line 3: discard is where ";" is due
keep
discard;
