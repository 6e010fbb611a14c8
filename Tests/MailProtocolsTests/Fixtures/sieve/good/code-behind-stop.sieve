# what stands behind stop is judged like the rest
stop;
keep;
