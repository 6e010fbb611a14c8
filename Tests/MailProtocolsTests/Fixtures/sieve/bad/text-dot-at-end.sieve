# line 2: the line with the dot must end
redirect text:
a@b
.