# line 3: keep has no :copy
require ["fileinto", "copy"];
keep :copy;
