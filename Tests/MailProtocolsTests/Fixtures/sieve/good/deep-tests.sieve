# 30 times not, and a test
if not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not true { keep; }
