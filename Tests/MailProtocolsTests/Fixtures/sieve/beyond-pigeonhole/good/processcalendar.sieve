# Pigeonhole 0.5.19 lacks processcalendar (RFC 9671)
require ["processcalendar", "variables", "extlists"];
processcalendar :allowpublic :deletecanceled :addresses ["a@b"] :calendarid "1" :organizers "x" :outcome "o" :reason "r";
