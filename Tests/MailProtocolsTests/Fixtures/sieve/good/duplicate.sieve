# require duplicate
require ["duplicate"];
if duplicate { discard; }
if duplicate :header "x-id" :handle "h" :seconds 60 :last { discard; }
if duplicate :uniqueid "u" { discard; }
