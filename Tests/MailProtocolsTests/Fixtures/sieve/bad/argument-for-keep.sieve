# line 2: keep takes no argument
keep "a";
