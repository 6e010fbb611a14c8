# require vnd.dovecot.debug vnd.dovecot.report vnd.dovecot.environment
require ["vnd.dovecot.debug", "vnd.dovecot.report", "vnd.dovecot.environment"];
debug_log "here";
report :headers_only "abuse" "spam" "abuse@example.org";
if environment "vnd.dovecot.username" "a" { keep; }
