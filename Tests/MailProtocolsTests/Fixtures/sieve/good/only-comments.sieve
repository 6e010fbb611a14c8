# nothing is a script, too
/* and this
   is nothing */ # neither is this
