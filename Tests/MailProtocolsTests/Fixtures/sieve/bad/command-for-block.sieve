# line 2: a command where the block is due
if true keep;
