# line 3: four errors on four lines, of which the first
require ["fileinto"];
fileinto 1;
keep "a";
nosuch;
if true;
