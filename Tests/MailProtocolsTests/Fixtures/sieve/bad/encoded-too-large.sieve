# line 3: behind the last character
require ["encoded-character"];
if header "a" "${unicode:110000}" { keep; }
