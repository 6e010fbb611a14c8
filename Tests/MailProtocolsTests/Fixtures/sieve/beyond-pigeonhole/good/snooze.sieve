# Pigeonhole 0.5.19 lacks snooze (draft-ietf-extra-sieve-snooze)
require ["snooze", "mailbox"];
snooze :mailbox "Later" :create :addflags "a" :weekdays ["1"] :tzid "Europe/Vienna" ["08:00", "12:00"];
