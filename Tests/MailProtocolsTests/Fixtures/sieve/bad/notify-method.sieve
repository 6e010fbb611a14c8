# line 3: a method that is no URI
require ["enotify"];
notify "a@b";
