# line 2: not without a test
if not { keep; }
