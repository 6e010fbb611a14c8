# line 3: the comment is never closed
keep;
/* and so on
