# line 3: :copy without require
require "fileinto";
fileinto :copy "a";
