# characters outside ASCII in strings and comments: ÄÖÜ
if header :contains "subject" ["Übergrößenträger", "日本語"] { keep; }
