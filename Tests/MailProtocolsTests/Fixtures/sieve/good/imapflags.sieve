# require imapflags
require ["imapflags"];
mark; unmark; setflag "a"; addflag ["b"]; removeflag "c";
