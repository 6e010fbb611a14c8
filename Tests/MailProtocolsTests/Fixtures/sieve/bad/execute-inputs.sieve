# line 3: :pipe and :input together
require ["vnd.dovecot.execute"];
execute :pipe :input "x" "a";
