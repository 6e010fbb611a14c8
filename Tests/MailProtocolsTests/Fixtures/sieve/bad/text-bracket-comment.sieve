# line 2: text: takes # comments only
redirect text: /* a */
a@b
.
;
