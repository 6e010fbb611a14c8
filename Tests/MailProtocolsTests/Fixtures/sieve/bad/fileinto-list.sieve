# line 3: fileinto takes one string
require ["fileinto"];
fileinto ["a"];
