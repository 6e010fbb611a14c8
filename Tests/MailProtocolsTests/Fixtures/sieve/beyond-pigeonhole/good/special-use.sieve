# Pigeonhole 0.5.19 lacks special-use without its mail plugin (RFC 8579)
require ["special-use", "fileinto", "mailbox"];
fileinto :specialuse "\\Junk" :create "Junk";
if specialuse_exists "\\Archive" { keep; }
if specialuse_exists "INBOX" ["\\Sent", "\\Drafts"] { keep; }
