# line 2: "}" is where ";" is due
if true { keep }
