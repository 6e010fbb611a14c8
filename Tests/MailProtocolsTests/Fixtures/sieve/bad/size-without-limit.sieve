# line 2: size needs :over or :under
if size 100 { keep; }
