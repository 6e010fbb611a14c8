# line 2: no line with a dot alone
redirect text:
a@b
