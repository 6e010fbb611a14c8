# require enotify variables
require ["enotify", "variables"];
notify "mailto:a@example.org";
notify :from "b@example.org" :importance "1" :options ["a=b"] :message "m" "mailto:a@example.org?subject=x";
if valid_notify_method ["mailto:a@b", "x"] { keep; }
if notify_method_capability :is "mailto:a@b" "online" ["yes"] { notify "${where}"; }
set :encodeurl "u" "a b";
