# line 2: a list in a list
if exists ["a", ["b"]] { keep; }
