# line 3: require behind another command
keep;
require "fileinto";
