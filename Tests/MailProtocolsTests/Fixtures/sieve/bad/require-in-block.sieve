# line 3: require in a block
require "fileinto";
if header "a" "b" { require "copy"; }
