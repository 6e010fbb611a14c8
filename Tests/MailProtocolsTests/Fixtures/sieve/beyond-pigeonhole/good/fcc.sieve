# Pigeonhole 0.5.19 lacks fcc (RFC 8580)
require ["fcc", "vacation", "enotify", "mailbox", "imap4flags"];
vacation :fcc "Sent" :create :flags ["\\Seen"] "x";
notify :fcc "Sent" "mailto:a@b";
