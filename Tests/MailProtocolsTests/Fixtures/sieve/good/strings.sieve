# escapes, and a line end in a string
if header :is "subject" ["a\"b", "back\\slash", "\q", "two
lines", ""] { keep; }
