# line 3: :seconds without require "vacation-seconds"
require ["vacation"];
vacation :seconds 60 "x";
