# line 2: else without if
else { keep; }
