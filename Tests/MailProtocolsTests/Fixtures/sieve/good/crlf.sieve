# lines that end in CRLF
if header :is "a" text:
b
..
.
{
  keep; /* x
 */
}
