# names and tags are without case
IF Header :IS "subject" "x" { KEEP; } ElsIf TRUE { Discard; }
