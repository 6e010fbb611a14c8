# line 2: ";" is no command
keep;;
