# require notify
require ["notify"];
notify :method "mailto" :id "x" :options "a@example.org" :message "m" :low;
denotify; denotify :is "x" :high; denotify :matches "*";
