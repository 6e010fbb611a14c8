# line 3: the options of the draft are recipients
require ["notify"];
notify :options "nobody";
