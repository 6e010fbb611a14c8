# line 3: report to what is no address
require ["vnd.dovecot.report"];
report "abuse" "m" "x";
