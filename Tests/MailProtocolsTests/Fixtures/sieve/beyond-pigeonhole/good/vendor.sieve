# Pigeonhole 0.5.19 does not know what nobody knows: a warning here
require ["vnd.example.magic", "fileinto"];
fileinto :magic "a" "b";
abracadabra { keep; }
if hocus "pocus" { keep; }
