# line 3: :from takes an address
require ["vacation"];
vacation :from "me" "x";
