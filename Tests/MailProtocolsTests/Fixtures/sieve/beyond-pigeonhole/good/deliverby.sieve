# Pigeonhole 0.5.19 lacks RFC 6009
require ["envelope", "envelope-dsn", "envelope-deliverby", "redirect-dsn", "redirect-deliverby"];
if envelope ["notify", "bymode"] "x" { redirect :notify "NEVER" :ret "HDRS" :bytimerelative 600 :bymode "notify" :bytrace "a@b"; }
