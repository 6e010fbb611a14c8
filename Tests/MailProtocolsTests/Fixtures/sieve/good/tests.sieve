# every test of RFC 5228 but envelope
if allof (true, not false, anyof (exists "From", exists ["To", "Cc"]),
          header :contains ["Subject", "Comments"] ["a", "b"],
          address :localpart :matches "from" "*bob*",
          address :all :comparator "i;octet" :is "to" "a@b",
          size :over 100K, size :under 1G) {
  discard;
}
