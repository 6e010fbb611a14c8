# line 3: :days takes a number
require ["vacation"];
vacation :days "7" "x";
