# a capability may be named twice, and require come several times
require ["fileinto", "fileinto"];
require "fileinto";
require ["envelope"];
keep;
