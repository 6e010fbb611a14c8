# text: with a comment, doubled dots, as an item of a list
if header :is "subject" text: # the first
..dot
.
{ keep; }
if header :is "subject" [text:
one
.
, "two"] { discard; }
redirect TEXT:
a@example.org
.
;
