# line 2: redirect to what is not one address
redirect "<a@b";
