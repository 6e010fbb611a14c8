# the two that need no require, required or not
require "comparator-i;octet";
if header :comparator "i;ascii-casemap" "a" "b" { keep; }
if header :comparator "i;octet" :contains "a" "b" { keep; }
