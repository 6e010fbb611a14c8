# require fileinto
require ["fileinto"];
fileinto "INBOX.a";
fileinto "";
