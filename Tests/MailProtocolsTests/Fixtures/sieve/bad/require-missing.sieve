# line 2: fileinto without require
fileinto "a";
