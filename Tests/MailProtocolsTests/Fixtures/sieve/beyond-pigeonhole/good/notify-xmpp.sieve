# Pigeonhole 0.5.19 knows mailto alone
require ["enotify"];
notify "xmpp:a@b?message";
notify "tel:+431";
