# line 2: a test where a command is due
true;
