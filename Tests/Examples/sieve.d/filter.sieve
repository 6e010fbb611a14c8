require "fileinto";
if address "to" "old@example.org" {
  fileinto "Lists";
}
