# line 3: vacation takes a reason
require ["vacation"];
vacation :days 7;
