# line 3: global without require "variables"
require ["include"];
global "a";
