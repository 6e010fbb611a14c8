# line 2: notify and enotify together
require ["notify", "enotify"];
keep;
