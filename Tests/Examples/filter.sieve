require "fileinto";
if address "to" "new@example.org" {
  fileinto "Lists";
}
