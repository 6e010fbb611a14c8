# line 3: an importance of 4
require ["enotify"];
notify :importance "4" "mailto:a@b";
