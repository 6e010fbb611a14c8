# what can never run is not judged
if false { nosuchcommand; }
if true { keep; } else { nonsense "x"; }
if anyof (true, nosuchtest) { keep; }
if allof (false, nosuchtest) { keep; }
