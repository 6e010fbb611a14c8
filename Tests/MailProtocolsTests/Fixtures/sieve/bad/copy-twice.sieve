# line 3: :copy twice
require ["fileinto", "copy"];
fileinto :copy :copy "a";
