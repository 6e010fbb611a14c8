# line 2: K, M and G, no T
if size :over 1T { keep; }
