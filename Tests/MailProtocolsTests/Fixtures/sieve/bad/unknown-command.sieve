# line 2: a word that is no command
kep;
