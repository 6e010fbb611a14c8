# line 2: a block without a command
{ keep; }
