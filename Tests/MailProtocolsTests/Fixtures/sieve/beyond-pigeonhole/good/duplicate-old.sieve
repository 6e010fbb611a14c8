# Pigeonhole 0.5.19 has vnd.dovecot.duplicate off without its setting
require ["vnd.dovecot.duplicate"];
if duplicate :value "a" :handle "b" { keep; }
