# line 2: a string is no command
"keep";
