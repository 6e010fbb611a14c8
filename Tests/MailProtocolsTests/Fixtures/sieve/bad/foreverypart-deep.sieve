# line 3: five loops in one another
require ["foreverypart"];
foreverypart{foreverypart{foreverypart{foreverypart{foreverypart{}}}}}
