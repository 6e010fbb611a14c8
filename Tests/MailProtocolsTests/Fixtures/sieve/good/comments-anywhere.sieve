# comments between all words
if/*a*/header/*b*/:is/**/"a"#c
["b"/***/,"c"]{keep/* ; */;}# end