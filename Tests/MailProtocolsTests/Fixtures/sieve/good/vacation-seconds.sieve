# vacation-seconds brings vacation along (RFC 6131)
require ["vacation-seconds"];
vacation :seconds 1800 "x";
