# a CR alone counts as a blank, and in commentsfor nothing
keep; /*  */
stop;
