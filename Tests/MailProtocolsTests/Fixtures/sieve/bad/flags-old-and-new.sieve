# line 2: imapflags and imap4flags together
require ["imapflags", "imap4flags"];
keep;
