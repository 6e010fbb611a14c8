# require fileinto copy
require ["fileinto", "copy"];
fileinto :copy "a";
redirect :copy "a@example.org";
