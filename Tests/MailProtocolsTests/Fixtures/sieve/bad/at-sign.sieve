# line 3: an at sign belongs to no word
keep;
@ discard;
