# line 4: a brace that closes nothing
if true { keep; }

}
