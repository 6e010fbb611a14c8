# line 2: ";" is no command
if true { keep; };
