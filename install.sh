#!/bin/sh
# install.sh: build Postroom and install it. No question is asked.
set -eu

usage() {
  cat <<'TEXT'
usage: ./install.sh [--prefix DIR]   build, then install tools, man pages and completions below DIR
       ./install.sh --uninstall [--prefix DIR]   take away what was installed there
       ./install.sh --try            build, catch one message with smtp-sink, show it; installs nothing
       ./install.sh --build          build only

DIR is /usr/local for root, else ~/.local. DESTDIR, when set, is put before DIR.
TEXT
}

# The executables of Package.swift, separated by spaces; tests read this line, too.
tools="smtp-sink sievectl"

# The oldest Swift that builds them.
swift_major=6
swift_minor=2

say() { printf '%s\n' "$*"; }

# die STATUS WHAT: one line, and the end.
die() {
  status=$1
  shift
  printf 'install.sh: %s\n' "$*" >&2
  exit "$status"
}

mode=install
prefix=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -ge 2 ] || die 64 '--prefix needs a folder'
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#*=} ;;
    --uninstall) mode=uninstall ;;
    --try) mode=try ;;
    --build) mode=build ;;
    --help | -h)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 64
      ;;
  esac
  shift
done

if [ -z "$prefix" ]; then
  if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=${HOME:?}/.local; fi
fi
case $prefix in
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac
while [ "$prefix" != "${prefix%/}" ]; do prefix=${prefix%/}; done
dest=${DESTDIR:-}$prefix
manifest=$dest/share/postroom/manifest

# What the build needs ##########################################################################

# The Debian packages that are missing.
missing_packages() {
  command -v git >/dev/null || say git
  command -v strip >/dev/null || say binutils
  if ! command -v pkg-config >/dev/null; then
    say pkg-config libssl-dev libcurl4-openssl-dev libedit-dev
  else
    pkg-config --exists 'openssl >= 3' || say libssl-dev
    pkg-config --exists libcurl || say libcurl4-openssl-dev
    pkg-config --exists libedit || say libedit-dev
  fi
}

need_packages() {
  missing=$(missing_packages | tr '\n' ' ')
  missing=${missing% }
  [ -n "$missing" ] || return 0
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root='sudo -n'
  if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    say "installing $missing"
    # shellcheck disable=SC2086 # several words each
    { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends $missing; } >&2 ||
      die 75 "apt-get could not install $missing"
    [ -z "$(missing_packages)" ] || die 69 "still missing: $(missing_packages | tr '\n' ' ')"
  else
    die 69 "install these first, by Debian's names: $missing (Fedora's: openssl-devel libcurl-devel libedit-devel pkgconf git binutils)"
  fi
}

need_swift() {
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p') || :
  [ -n "$version" ] ||
    die 69 "Swift $swift_major.$swift_minor or later is needed: https://www.swift.org/install"
  major=${version%%.*}
  rest=${version#*.}
  minor=${rest%%.*}
  if [ "$major" -lt "$swift_major" ] ||
    { [ "$major" -eq "$swift_major" ] && [ "$minor" -lt "$swift_minor" ]; }; then
    die 69 "Swift $swift_major.$swift_minor or later is needed, this is $version: https://www.swift.org/install"
  fi
}

build() {
  cd "$(dirname "$0")"
  need_packages
  need_swift
  for tool in $tools; do
    say "building $tool (the first build takes some minutes)"
    swift build --configuration release --static-swift-stdlib --product "$tool" >&2 ||
      die 70 "$tool does not build; what swift said is above"
  done
  built=$(swift build --configuration release --static-swift-stdlib --show-bin-path)
}

# Install and uninstall #########################################################################
#
# The manifest has a line for each file (`file PATH`) and each folder made (`dir PATH`), without
# DESTDIR. It is written before anything is copied, so that what was interrupted can be undone.

# Is this path in the manifest of an earlier installation?
ours() { [ -f "$manifest" ] && grep -Fqx "file $1" "$manifest"; }

# make_dir PATH: with its parents; those that were not there go into the manifest.
make_dir() {
  [ -d "${DESTDIR:-}$1" ] && return 0
  case $1 in */*) make_dir "${1%/*}" ;; esac
  [ -n "$1" ] || return 0
  mkdir "${DESTDIR:-}$1" || die 73 "cannot make ${DESTDIR:-}$1"
  new_dirs="$new_dirs
dir $1"
}

# plan SOURCE PATH MODE: remember one file to install.
plan() {
  if [ -e "$dest/$2" ] && ! ours "$prefix/$2"; then
    die 73 "$dest/$2 is there and was not put there by install.sh: move it away first"
  fi
  plans="$plans
$3 $2 $1"
}

# plan_all: before the build, so that what stands in the way is told at once.
plan_all() {
  plans=
  for tool in $tools; do
    plan "BUILT/$tool" "bin/$tool" 755
    plan "man/man1/$tool.1" "share/man/man1/$tool.1" 644
    plan "completions/bash/$tool" "share/bash-completion/completions/$tool" 644
    plan "completions/zsh/_$tool" "share/zsh/site-functions/_$tool" 644
    plan "completions/fish/$tool.fish" "share/fish/vendor_completions.d/$tool.fish" 644
  done
  plan man/man7/postroom.7 share/man/man7/postroom.7 644
}

install_all() {
  new_dirs=
  umask 022
  if [ -n "${DESTDIR:-}" ]; then mkdir -p "$DESTDIR"; fi
  make_dir "$prefix/share/postroom"
  printf '%s\n' "$plans" | while read -r bits path _; do
    [ -z "$bits" ] || say "$prefix/$path"
  done >"$manifest.files"
  while read -r path; do make_dir "${path%/*}"; done <"$manifest.files"
  {
    say "file $prefix/share/postroom/manifest"
    sed 's/^/file /' "$manifest.files"
    [ ! -f "$manifest" ] || grep '^dir ' "$manifest" || :
    say "$new_dirs" | sed '/^$/d'
  } >"$manifest.new"
  rm -f "$manifest.files"

  # Files of an earlier version that this one has no more.
  if [ -f "$manifest" ]; then
    sed -n 's/^file //p' "$manifest" | while read -r path; do
      grep -Fqx "file $path" "$manifest.new" || rm -f "${DESTDIR:-}$path"
    done
  fi
  mv "$manifest.new" "$manifest"

  # A running tool keeps its old file: each is written beside its place, then moved.
  printf '%s\n' "$plans" | while read -r bits path source; do
    [ -n "$bits" ] || continue
    case $source in BUILT/*) source=$built/${source#BUILT/} ;; esac
    cp "$source" "$dest/$path.new"
    case $path in bin/*) strip "$dest/$path.new" ;; esac
    chmod "$bits" "$dest/$path.new"
    mv "$dest/$path.new" "$dest/$path"
    say "$dest/$path"
  done
}

uninstall_all() {
  [ -f "$manifest" ] || die 66 "nothing to take away: there is no $manifest"
  list=$(cat "$manifest")
  say "$list" | sed -n 's/^file //p' | while read -r path; do
    rm -f "${DESTDIR:-}$path"
    say "removed ${DESTDIR:-}$path"
  done
  # The deepest first; a folder that others use by now stays.
  say "$list" | sed -n 's/^dir //p' | sort -r | while read -r path; do
    rmdir "${DESTDIR:-}$path" 2>/dev/null || :
  done
}

# Try ###########################################################################################

sink=
stop_sink() {
  [ -z "$sink" ] || kill "$sink" 2>/dev/null || :
}

# send HOST PORT FILE: with the first client that is here. Sets how.
send() {
  if command -v curl >/dev/null && curl --version | grep -q '^Protocols:.* smtp '; then
    how=curl
    curl -sS --noproxy '*' "smtp://$1:$2" --mail-from you@example.com --mail-rcpt friend@example.net -T "$3"
  elif command -v swaks >/dev/null; then
    how=swaks
    swaks --server "$1" --port "$2" --from you@example.com --to friend@example.net \
      --data "@$3" --silent 2
  elif command -v python3 >/dev/null; then
    how="python3's smtplib"
    python3 -c 'import smtplib, sys
with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), "localhost") as client:
    client.sendmail("you@example.com", "friend@example.net", open(sys.argv[3], "rb").read())' "$@"
  elif command -v msmtp >/dev/null; then
    how=msmtp
    msmtp --file=/dev/null --host="$1" --port="$2" --from=you@example.com friend@example.net <"$3"
  elif command -v bash >/dev/null; then
    how="bash's /dev/tcp"
    bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 75
      answer() {
        local line
        while IFS= read -r -t 10 -u 3 line; do
          case $line in "$1 "*) return 0 ;; "$1-"*) ;; *) return 1 ;; esac
        done
        return 1
      }
      ask() { printf "%s\r\n" "$2" >&3; answer "$1"; }
      answer 220 && ask 250 "EHLO localhost" && ask 250 "MAIL FROM:<you@example.com>" &&
        ask 250 "RCPT TO:<friend@example.net>" && ask 354 DATA && cat "$3" >&3 &&
        ask 250 . && ask 221 QUIT' send "$@"
  elif command -v perl >/dev/null; then
    how=perl
    perl -MIO::Socket::INET -e 'my ($h, $p, $f) = @ARGV;
      my $s = IO::Socket::INET->new(PeerAddr => $h, PeerPort => $p, Timeout => 10) or die "$!\n";
      sub answer { my $l; do { $l = <$s> // die "connection closed\n" } while $l =~ /^...-/;
        $l =~ /^[23]/ or die $l }
      answer();
      for ("EHLO localhost", "MAIL FROM:<you\@example.com>", "RCPT TO:<friend\@example.net>", "DATA") {
        print $s "$_\r\n"; answer() }
      open my $m, "<", $f or die "$!\n"; print $s $_ while <$m>; print $s ".\r\n"; answer();
      print $s "QUIT\r\n"' "$@"
  else
    die 69 'no client to send a message with: install curl'
  fi
}

try() {
  folder=$(mktemp -d "${TMPDIR:-/tmp}/postroom-try.XXXXXX")
  trap stop_sink EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM

  "$built/smtp-sink" --maildir "$folder/mail" --print path --count 1 --wait 60s \
    --port-file "$folder/port" 127.0.0.1:0 >"$folder/caught" &
  sink=$!
  tries=0
  until [ -s "$folder/port" ]; do
    kill -0 "$sink" 2>/dev/null || die 70 'smtp-sink ended before it listened'
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || die 70 'smtp-sink does not listen'
    sleep 0.1 2>/dev/null || sleep 1
  done
  address=$(cat "$folder/port")

  printf '%s\r\n' 'From: You <you@example.com>' 'To: A Friend <friend@example.net>' \
    "Date: $(LC_ALL=C date '+%a, %d %b %Y %H:%M:%S %z')" \
    "Message-ID: <try.$$@example.com>" 'Subject: caught by smtp-sink' '' \
    'This went over SMTP and was stored as it came.' >"$folder/message"
  how=
  send "${address%:*}" "${address##*:}" "$folder/message" || die 70 "$how could not deliver"
  wait "$sink" || die 70 "smtp-sink ended with status $?"
  sink=
  caught=$(cat "$folder/caught")
  rm -f "$folder/port" "$folder/caught" "$folder/message"

  say "smtp-sink listened on $address, $how sent a message, this is it:"
  say "  $caught"
  sed '/^\r*$/,$d' "$caught" | sed 's/^/    /'
  say ''
  say 'By hand: in one terminal'
  say "  $built/smtp-sink --maildir $folder/mail 127.0.0.1:2525"
  say 'and in another'
  say "  printf 'Subject: hello\\r\\n\\r\\nyou\\r\\n' |"
  say '    curl smtp://127.0.0.1:2525 --mail-from a@example.com --mail-rcpt b@example.com -T -'
  say 'Each path it prints is a message. ./install.sh installs; man smtp-sink tells the rest.'
}

case $mode in
  build) build ;;
  try)
    build
    try
    ;;
  install)
    plan_all
    build
    install_all
    case :$PATH: in
      *:"$prefix/bin":*) ;;
      *) [ -n "${DESTDIR:-}" ] || say "note: $prefix/bin is not in PATH" ;;
    esac
    ;;
  uninstall) uninstall_all ;;
esac
