# blanks only where words would run together
if allof(true,not false){keep;}elsif header:is"a"["b","c"]{discard;}else{stop;}