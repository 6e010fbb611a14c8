# line 3: a reference where the name is due
require ["variables"];
set "${a}" "c";
