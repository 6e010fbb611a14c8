# octets that are not UTF-8 draw a warning: café
if header :is "subject" "ÿþ" { keep; }
