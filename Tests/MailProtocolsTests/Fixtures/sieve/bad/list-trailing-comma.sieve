# line 2: a comma with nothing behind it
if exists ["a",] { keep; }
