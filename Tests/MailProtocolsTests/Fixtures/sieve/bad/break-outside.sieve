# line 3: break outside of a loop
require ["foreverypart"];
break;
