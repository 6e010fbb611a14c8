# line 2: stop takes no test
stop true;
