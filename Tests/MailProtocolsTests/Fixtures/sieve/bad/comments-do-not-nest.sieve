# line 2: the first */ closes, the second is no word
/* a /* b */ */ keep;
