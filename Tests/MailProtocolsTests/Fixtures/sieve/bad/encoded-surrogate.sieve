# line 3: a surrogate is no character
require ["encoded-character"];
if header "a" "${unicode:d800}" { keep; }
