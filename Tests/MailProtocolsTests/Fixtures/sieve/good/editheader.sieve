# require editheader
require ["editheader"];
addheader "X-A" "b"; addheader :last "X-B" "${c}";
deleteheader "X-A"; deleteheader :index 1 :last :contains "X-B" ["a", "b"]; deleteheader :comparator "i;octet" "X" "y";
