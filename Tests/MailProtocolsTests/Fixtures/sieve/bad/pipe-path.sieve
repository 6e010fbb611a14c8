# line 3: a path is no name of a program
require ["vnd.dovecot.pipe"];
pipe "/bin/sh";
