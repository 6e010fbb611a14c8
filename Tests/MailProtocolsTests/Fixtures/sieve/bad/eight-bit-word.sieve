# line 2: a word outside strings is ASCII
behält;
