# line 2: 64 bits overflow by G
if size :over 17179869184G { keep; }
