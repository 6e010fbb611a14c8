# line 3: global. without require "include"
require ["variables"];
set "global.a" "c";
