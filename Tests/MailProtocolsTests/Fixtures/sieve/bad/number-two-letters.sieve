# line 2: 1K, not 1KB
if size :over 1KB { keep; }
