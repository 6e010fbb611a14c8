# line 2: a list where a string is due
redirect ["a@b"];
