# line 3: Pigeonhole 0.5.19 lacks processcalendar: :updatesonly and :calendarid exclude each other
require ["processcalendar"];
processcalendar :updatesonly :calendarid "1";
