# line 3: a CR alone is in no multi-line string
if header "a" text:
bc
.
{ keep; }
