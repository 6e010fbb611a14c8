# line 3: the script ends where ";" is due
keep
