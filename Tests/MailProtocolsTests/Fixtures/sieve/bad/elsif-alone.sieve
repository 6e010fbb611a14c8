# line 3: elsif behind another command
if true {} keep;
elsif true { keep; }
