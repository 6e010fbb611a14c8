# require variables relational
require ["variables", "relational"];
set "a" "b"; set "_x9" "${a}";
set :lower :upperfirst "c" "${a}"; set :length "n" "${c}"; set :quotewildcard :upper :lowerfirst "q" "*";
if string :matches "${a}" ["?*", "x"] { redirect "${1}@example.org"; }
if string :count "ge" ["a", "b"] "1" { keep; }
set "odd" "${ } ${1a} ${";
