# line 4: a capability that nobody knows excuses no wrong argument of a known command
require ["vnd.example.magic"];

keep 1;
