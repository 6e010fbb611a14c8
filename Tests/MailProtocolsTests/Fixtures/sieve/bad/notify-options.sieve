# line 3: an option without "="
require ["enotify"];
notify :options ["a"] "mailto:a@b";
