# line 2: no comma between two tests
if anyof (true false) { keep; }
