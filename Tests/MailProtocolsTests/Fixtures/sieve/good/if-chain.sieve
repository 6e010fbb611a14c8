# if, elsif and else, empty blocks
if false {} elsif false {} elsif not true {} else { stop; }
if true {}
