# require vacation
require ["vacation"];
vacation :days 7 :subject "away" :from "a@example.org" :addresses ["b@example.org", "c"] :handle "h" :mime text:
Content-Type: text/plain

Away.
.
;
vacation "x";
