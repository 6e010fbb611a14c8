# require encoded-character
require ["encoded-character"];
redirect "a${hex:40}example.${unicode:6f 72 67}";
if header "a" ["${hex:zz}", "${unicode:}", "${hex: 24 26 }", "$${hex:40}"] { keep; }
