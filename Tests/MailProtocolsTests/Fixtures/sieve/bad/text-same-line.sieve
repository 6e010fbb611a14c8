# line 2: the string starts on the line behind text:
redirect text: "a@b";
