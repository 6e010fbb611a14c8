# line 2: a colon with nothing behind it
if size : over 1 { keep; }
