# require fileinto mailbox
require ["fileinto", "mailbox"];
if mailboxexists ["a", "b"] { fileinto :create "a"; }
