# addresses that redirect takes
redirect "a@b";
redirect "A. B <a@b.example>";
redirect "\"A, B\" <a@[192.0.2.1]>";
redirect " (c) a@b (d) ";
redirect "a..b@c";
redirect ".a@b";
redirect "a@é.example";
redirect "\"a b\"@c";
redirect "< a@b >";
redirect "a(b)@c";
redirect "a@b . c";
redirect "=?utf-8?q?x?= <a@b>";
