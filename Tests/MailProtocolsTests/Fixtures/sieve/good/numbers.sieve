# the largest number, and all quantifiers
if anyof (size :over 18446744073709551615, size :over 17179869183G, size :over 1k, size :under 2M,
          size :over 007, size :under 0) { keep; }
