# line 2: :all and :localpart together
if address :all :localpart "from" "b" { keep; }
