# line 3: :create without require "mailbox"
require ["fileinto"];
fileinto :create "a";
