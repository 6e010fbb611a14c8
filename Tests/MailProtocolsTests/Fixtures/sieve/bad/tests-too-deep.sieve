# line 2: 31 times not, and a test
if not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not true { keep; }
