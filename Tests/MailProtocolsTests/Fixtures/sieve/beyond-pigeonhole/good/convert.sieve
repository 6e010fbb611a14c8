# Pigeonhole 0.5.19 lacks convert (RFC 6558)
require ["convert"];
convert "image/tiff" "image/jpeg" ["pix-x=320"];
if convert "a/b" "c/d" "e=f" { keep; }
