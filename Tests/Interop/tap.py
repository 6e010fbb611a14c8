"""What the interop scripts in Python share: TAP output, a scratch folder, a sink on a free port.

lib.sh is the same for bash. SMTP_SINK names the tool under test; the default is the release build.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

INTEROP = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(INTEROP))
SMTP_SINK = os.environ.get("SMTP_SINK") or ROOT + "/.build/release/smtp-sink"

scratch = tempfile.mkdtemp(prefix="postroom-interop.")
os.chmod(scratch, 0o755)
atexit.register(shutil.rmtree, scratch, True)
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))

if not os.access(SMTP_SINK, os.X_OK):
    print(f"not ok 1 - there is no {SMTP_SINK}: build it or set SMTP_SINK\n1..1")
    sys.exit(1)

_test_count = 0
_failure_count = 0
_running = []


def ok(condition, what, detail=""):
    """Print one TAP line; the detail only when it failed. Returns the condition."""
    global _test_count, _failure_count
    _test_count += 1
    print(f"{'ok' if condition else 'not ok'} {_test_count} - {what}", flush=True)
    if not condition:
        _failure_count += 1
        for line in str(detail).splitlines():
            print(f"# {line}", flush=True)
    return bool(condition)


def equal(got, wanted, what):
    return ok(got == wanted, what, f"got:    {got!r:.400}\nwanted: {wanted!r:.400}")


def finish():
    print(f"1..{_test_count}")
    sys.exit(_failure_count != 0)


@atexit.register
def _end_all():
    for process in _running:
        if process.poll() is None:
            process.kill()
            process.wait()


def spawn(arguments, **keywords):
    """Start a process that is ended when the script ends."""
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, **keywords)
    _running.append(process)
    return process


class Sink:
    """A running smtp-sink on a free port of 127.0.0.1; an option may be one more address."""

    def __init__(self, *options, address="127.0.0.1:0", program=None, **keywords):
        self.folder = tempfile.mkdtemp(dir=scratch)
        os.chmod(self.folder, 0o777)
        port_file = self.folder + "/port"
        self.out = open(self.folder + "/stdout", "w+")
        self.err = open(self.folder + "/stderr", "w+")
        self.process = spawn(
            [program or SMTP_SINK, *options, "--port-file", port_file, address],
            stdout=self.out,
            stderr=self.err,
            **keywords,
        )
        for _ in range(400):
            if os.path.exists(port_file) and os.path.getsize(port_file) > 0:
                break
            if self.process.poll() is not None:
                break
            time.sleep(0.025)
        if not os.path.exists(port_file):
            self.process.kill()
            ok(False, f"smtp-sink {' '.join(options)} listens", self.stderr())
            finish()
        self.port = int(open(port_file).readlines()[-1].rsplit(":", 1)[1])

    def stderr(self):
        return open(self.err.name, errors="replace").read()

    def stdout(self):
        return open(self.out.name, errors="replace").read()

    def stop(self, number=signal.SIGTERM):
        """Send the signal and give back the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(30)

    def memory(self, key="VmRSS"):
        """Resident memory in MB; VmHWM is its peak."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(key + ":"):
                return int(line.split()[1]) / 1024
        return 0.0

    def dialog(self):
        return Dialog(self.port)


class Dialog:
    """An SMTP dialogue by hand: bytes out, replies in."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.file = self.socket.makefile("rb")
        self.greeting = self.reply()

    def reply(self):
        """The next reply's code as a number; 0 at the end of the connection and after the time-out."""
        while True:
            try:
                line = self.file.readline()
            except OSError as error:
                self.text = str(error)
                return 0
            if not line:
                self.text = "connection closed"
                return 0
            if line[3:4] != b"-":
                self.text = line.decode(errors="replace").rstrip("\r\n")
                return int(line[:3])

    def send(self, data):
        """Send; a connection that is gone shows in the next reply."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def command(self, line):
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def start(self, sender="a@client.example", recipient="b@sink.example"):
        """EHLO, MAIL and RCPT; true when all were taken."""
        codes = [
            self.command("EHLO client.example"),
            self.command(f"MAIL FROM:<{sender}>"),
            self.command(f"RCPT TO:<{recipient}>"),
        ]
        return codes == [250, 250, 250]

    def deliver(self, data, **envelope):
        """One message with DATA, already stuffed and without its final dot: the last code."""
        if not self.start(**envelope):
            return self.text
        if self.command("DATA") != 354:
            return self.text
        self.send(data + b".\r\n")
        return self.reply()

    def close(self):
        self.file.close()
        self.socket.close()


def new_maildir():
    """A path below the scratch folder at which nothing is yet."""
    path = tempfile.mkdtemp(dir=scratch)
    os.chmod(path, 0o777)
    return path + "/mail"


def stored(maildir, part="new"):
    """The paths of the messages in a Maildir's folder."""
    path = os.path.join(maildir, part)
    if not os.path.isdir(path):
        return []
    return sorted(os.path.join(path, name) for name in os.listdir(path))


def read(path):
    with open(path, "rb") as file:
        return file.read()
