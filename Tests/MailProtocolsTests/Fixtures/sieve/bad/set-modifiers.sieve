# line 3: :lower and :upper together
require ["variables"];
set :lower :upper "a" "b";
