# line 3: :personal and :global together
require ["include"];
include :personal :global "a";
