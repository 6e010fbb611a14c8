# Pigeonhole 0.5.19 lacks vnd.dovecot.config
require ["vnd.dovecot.config"];
keep;
