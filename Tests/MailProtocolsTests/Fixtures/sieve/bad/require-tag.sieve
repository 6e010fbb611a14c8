# line 2: require takes no tag
require :all "fileinto";
