# line 2: a hyphen belongs to no word
keep-it;
