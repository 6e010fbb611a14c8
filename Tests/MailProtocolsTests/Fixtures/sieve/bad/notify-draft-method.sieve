# line 3: the method is a tag in the draft
require ["notify"];
notify "mailto:a@b";
