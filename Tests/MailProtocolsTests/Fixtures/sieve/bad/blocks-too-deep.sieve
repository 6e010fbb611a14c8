# line 2: 32 blocks in one another
if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {if true {}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}
