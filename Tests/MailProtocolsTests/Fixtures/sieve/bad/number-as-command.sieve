# line 2: a number is no command
1;
