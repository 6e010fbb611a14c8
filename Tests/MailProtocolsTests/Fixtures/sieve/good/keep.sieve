# the shortest script that does something
keep;
