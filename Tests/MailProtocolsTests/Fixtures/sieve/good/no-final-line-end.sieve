# nothing behind the semicolon
keep;