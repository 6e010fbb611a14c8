# line 3: :days and :seconds together
require ["vacation", "vacation-seconds"];
vacation :days 1 :seconds 1800 "x";
