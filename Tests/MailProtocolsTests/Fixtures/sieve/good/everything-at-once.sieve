# what a real script may look like
require ["fileinto", "envelope", "copy", "mailbox", "imap4flags", "body", "vacation", "variables", "relational", "date", "index"];
if allof (envelope :all :is "to" "a@example.org",
          not anyof (header :contains "x-spam-flag" "yes", body :contains "viagra"),
          currentdate :value "le" "date" "2030-01-01") {
  set "folder" "Lists";
  if header :matches "list-id" "*<*.*>*" { set :lower "folder" "Lists.${2}"; }
  fileinto :copy :create :flags ["\\Seen", "list"] "${folder}";
} elsif header :index 1 :contains "received" "example.net" {
  vacation :days 3 :subject "away: ${1}" "gone fishing";
} else { keep; }
