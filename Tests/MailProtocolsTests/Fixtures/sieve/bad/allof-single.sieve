# line 2: allof takes a list
if allof true { keep; }
