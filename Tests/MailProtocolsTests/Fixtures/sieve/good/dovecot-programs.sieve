# require vnd.dovecot.pipe vnd.dovecot.filter vnd.dovecot.execute variables copy
require ["vnd.dovecot.pipe", "vnd.dovecot.filter", "vnd.dovecot.execute", "variables", "copy"];
pipe :copy :try "a" ["b", "c"]; pipe "a";
filter "f" "x"; if filter "f" { keep; }
execute :pipe :output "out" "e" ["y"]; if execute :input "text" "e" { keep; }
