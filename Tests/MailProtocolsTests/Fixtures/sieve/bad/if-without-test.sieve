# line 2: if without a test
if { keep; }
