# line 2: require takes strings
require 1;
