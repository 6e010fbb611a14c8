# line 3: mailto to what is no address
require ["enotify"];
notify "mailto:nobody";
