# line 2: anyof without a list
if anyof { keep; }
