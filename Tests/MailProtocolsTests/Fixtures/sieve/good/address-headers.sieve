# header fields with addresses
if address ["from","TO","Cc","bcc","sender","reply-to","resent-from","delivered-to","x-original-to","errors-to","mail-followup-to"] "a" { keep; }
