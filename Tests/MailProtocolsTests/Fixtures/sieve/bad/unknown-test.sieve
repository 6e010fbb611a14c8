# line 3: a word that is no test
keep;
if heder "a" "b" { keep; }
