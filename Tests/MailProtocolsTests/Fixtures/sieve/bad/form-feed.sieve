# line 2: a form feed is no blank
keep;
