# line 2: :over and :under together
if size :over :under 1 { keep; }
