# line 3: :flags takes flags
require ["imap4flags"];
keep :flags;
