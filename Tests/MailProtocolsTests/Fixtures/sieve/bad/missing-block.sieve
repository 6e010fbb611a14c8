# line 2: if without a block
if true;
