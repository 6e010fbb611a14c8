# shellcheck shell=bash
# lib.sh: what the interop scripts in bash share: TAP output, a scratch folder, a sink on a free
# port. It is sourced; Tests/Interop/tap.py is the same for Python.
#
# SMTP_SINK names the tool under test; the default is the release build.

set -u
interop=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$interop/../.." && pwd)
SMTP_SINK=${SMTP_SINK:-$root/.build/release/smtp-sink}
test_count=0
failure_count=0
sink_pid=

# Peers such as Postfix and `nobody` must be able to enter.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/postroom-interop.XXXXXX")
chmod 755 "$scratch"
cleanup() {
  [ -z "$sink_pid" ] || kill -9 "$sink_pid" 2>/dev/null
  if declare -F own_cleanup >/dev/null; then own_cleanup; fi
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

pass() {
  test_count=$((test_count + 1))
  echo "ok $test_count - $1"
}

# fail WHAT [DETAIL]: details are shown as TAP comments.
fail() {
  test_count=$((test_count + 1))
  failure_count=$((failure_count + 1))
  echo "not ok $test_count - $1"
  [ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
}

# is GOT WANTED WHAT
is() {
  if [ "$1" = "$2" ]; then pass "$3"; else fail "$3" "got:    $1
wanted: $2"; fi
}

# same_bytes GOT-FILE WANTED-FILE WHAT: by digest, with the first difference when there is one.
same_bytes() {
  local got wanted
  got=$(sha256sum <"$1" 2>&1)
  wanted=$(sha256sum <"$2" 2>&1)
  if [ "$got" = "$wanted" ]; then
    pass "$3"
  else
    fail "$3" "$1: $(wc -c <"$1" 2>&1) bytes, $2: $(wc -c <"$2" 2>&1) bytes
$(cmp "$1" "$2" 2>&1 | head -n 1)"
  fi
}

finish() {
  echo "1..$test_count"
  [ "$failure_count" -eq 0 ]
  exit
}

# need COMMAND...: a peer that is missing is a failure, never a skip.
need() {
  local command missing=
  for command; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null || missing="$missing $command"
  done
  [ -x "$SMTP_SINK" ] || missing="$missing $SMTP_SINK"
  if [ -n "$missing" ]; then
    fail "needs$missing"
    finish
  fi
}

# sink_start OPTION...: start the sink on a free port of 127.0.0.1 and wait until it listens. Sets
# sink_pid and port; an OPTION may be one more address; stdout goes to $scratch/stdout, stderr to $scratch/stderr.
sink_start() {
  rm -f "$scratch/port"
  "$SMTP_SINK" --port-file "$scratch/port" "$@" 127.0.0.1:0 \
    >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
  sink_pid=$!
  local tries=0
  until [ -s "$scratch/port" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 200 ] || ! kill -0 "$sink_pid" 2>/dev/null; then
      fail "smtp-sink $* listens" "$(cat "$scratch/stderr")"
      finish
    fi
    sleep 0.05
  done
  port=$(tail -n 1 "$scratch/port")
  port=${port##*:}
}

# sink_stop: end it as systemd would. Sets sink_status.
sink_stop() {
  kill "$sink_pid"
  wait "$sink_pid"
  # shellcheck disable=SC2034 # the scripts read it
  sink_status=$?
  sink_pid=
}

# new_file MAILDIR: the path of the one message in new/. Sets stored; fails when there is not one.
new_file() {
  local files=("$1"/new/*)
  stored=${files[0]}
  if [ "${#files[@]}" -ne 1 ] || [ ! -f "$stored" ]; then
    fail "one message in $1/new" "$(ls -A "$1"/new "$1"/tmp 2>&1)"
    return 1
  fi
}

# take MAILDIR TO: move the one message in new/ out of the way, to the file TO.
take() {
  rm -f "$2"
  new_file "$1" && mv "$stored" "$2"
}
