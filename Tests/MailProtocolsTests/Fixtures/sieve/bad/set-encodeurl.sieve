# line 3: :encodeurl without require "enotify"
require ["variables"];
set :encodeurl "a" "b";
