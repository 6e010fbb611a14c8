# require body
require ["body"];
if body "a" { keep; }
if body :raw :contains "MAKE MONEY" { discard; }
if body :content ["text", "image/png"] :matches "*" { keep; }
if body :text :comparator "i;octet" :is ["a", "b"] { keep; }
