# line 2: a name of 33 octets
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx;
