"""What sievectl's interop scripts share: a private server, runs of the tool, and the checks that
hold for any ManageSieve server. SIEVECTL names the tool under test."""

import json
import os
import socket
import subprocess
import tempfile
import unicodedata

from tap import INTEROP, ROOT, equal, finish, ok, scratch

SIEVECTL = os.environ.get("SIEVECTL") or ROOT + "/.build/release/sievectl"
SCRIPT = b'require "fileinto";\nif header :contains "subject" "x" { fileinto "INBOX"; }\n'
PKI = scratch + "/pki"


def write(path, data, mode=0o600):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
    return path


def free_ports(count):
    """The first of `count` ports in a row that nobody listens on."""
    for first in range(20000 + os.getpid() % 10000, 60000, 16):
        taken = False
        for port in range(first, first + count):
            with socket.socket() as probe:
                taken = taken or probe.connect_ex(("127.0.0.1", port)) == 0
        if not taken:
            return first
    raise SystemExit("no free port")


class Peer:
    """A private server, ended by `down`."""

    def __init__(self, program):
        if not os.access(SIEVECTL, os.X_OK):
            ok(False, f"there is {SIEVECTL}")
            finish()
        subprocess.check_call([INTEROP + "/pki", PKI])
        # Short, for unix sockets.
        self.folder = tempfile.mkdtemp(prefix="ps.", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.program = f"{INTEROP}/{program}"
        # Cyrus takes three ports; with TLS 1.2 alone it listens on the last.
        self.port = free_ports(3)
        self.port12 = self.port + 2
        self.up("d", self.port)
        if program.startswith("dovecot"):
            self.up("e", self.port12, "1.2")

    def up(self, name, port, *more):
        words = [self.program, "up", f"{self.folder}/{name}", str(port), PKI, *more]
        # To a file: the server keeps what it gets as its own.
        log = scratch + "/up"
        with open(log, "w") as file:
            status = subprocess.run(words, stdout=file, stderr=file, timeout=60).returncode
        if status != 0:
            with open(log) as file:
                ok(False, f"{self.program} starts", file.read())
            self.down()
            finish()
        self.passwords = {}

    def down(self):
        for name in ("d", "e"):
            subprocess.run([self.program, "down", f"{self.folder}/{name}"], timeout=60)
        subprocess.run(["rm", "-rf", self.folder])

    def password(self, text):
        if text not in self.passwords:
            name = f"{scratch}/password{len(self.passwords)}"
            self.passwords[text] = write(name, text.encode())
        return self.passwords[text]

    def url(self, user="alice", path="", port=None):
        quoted = "".join(f"%{octet:02X}" for octet in user.encode()) if user else ""
        return f"sieve://{quoted + '@' if user else ''}localhost:{port or self.port}{path}"

    def words(self, command, *arguments, user="alice", password="secret", options=(), port=None):
        proof = ["--password-file", self.password(password)] if password else []
        return [
            SIEVECTL,
            command,
            "--ca-file",
            PKI + "/root.pem",
            *proof,
            *options,
            self.url(user, port=port),
            *arguments,
        ]

    def run(self, command, *arguments, input=b"", **more):
        return subprocess.run(
            self.words(command, *arguments, **more),
            input=input,
            capture_output=True,
            timeout=60,
            env={**os.environ, "HOME": scratch},
        )

    def names(self, **more):
        return self.run("list", "-0", **more).stdout.split(b"\0")[:-1]


def said(end):
    return f"status {end.returncode}\n{end.stdout!r:.300}\n{end.stderr.decode(errors='replace')}"


def check_mechanism(peer, mechanism, version, options=(), **more):
    """Logging in by a mechanism, in a version of TLS."""
    port = peer.port12 if version == "TLSv1.2" else peer.port
    end = peer.run(
        "caps", port=port, options=["--mechanism", mechanism, *options], **more
    )
    lines = end.stdout.decode().splitlines()
    wanted = [f"mechanism {mechanism}", f"tlsVersion {version}"]
    ok(
        end.returncode == 0 and all(line in lines for line in wanted),
        f"{mechanism} in {version}",
        said(end),
    )
    return lines


def check_external(peer, version):
    certificate = ["--cert", PKI + "/alice.pem", "--key", PKI + "/alice.key"]
    check_mechanism(peer, "EXTERNAL", version, certificate, password=None)
    port = peer.port12 if version == "TLSv1.2" else peer.port
    end = peer.run("caps", options=certificate, password=None, user=None, port=port)
    ok(
        end.returncode == 0 and b"mechanism EXTERNAL" in end.stdout.splitlines(),
        f"a certificate alone, without a user and a password, is EXTERNAL in {version}",
        said(end),
    )


def check_refused(peer, mechanisms, version="TLSv1.3"):
    """A wrong password is 77, and costs one attempt."""
    port = peer.port12 if version == "TLSv1.2" else peer.port
    for mechanism in mechanisms:
        trace = f"{scratch}/trace"
        options = ["--trace", trace, *(["--mechanism", mechanism] if mechanism else [])]
        end = peer.run("list", password="wrong", options=options, port=port)
        with open(trace) as file:
            attempts = file.read().count("C: AUTHENTICATE")
        os.unlink(trace)
        equal(
            (end.returncode, end.stdout, attempts),
            (77, b"", 1),
            f"a wrong password is 77 after one attempt: {mechanism or 'any mechanism'}",
        )


def check_contents(peer, contents):
    for what, content in contents.items():
        put = peer.run("put", "-", "bytes", input=content)
        got = peer.run("get", "bytes")
        ok(
            put.returncode == 0 and got.returncode == 0 and got.stdout == content,
            f"put and get, octet for octet: {what}",
            said(put) + said(got),
        )
    peer.run("delete", "bytes")


CONTENTS = {
    "CRLF": b'require "fileinto";\r\nkeep;\r\n',
    "LF": b'require "fileinto";\nkeep;\n',
    "mixed": b"# one\r\n# two\nkeep;\r\n\r\n",
    "no final newline": b"keep;",
    "8-bit": "# é€😀\nkeep;\n".encode(),
    "8-bit that is no UTF-8": b"# \xe9\xff\x80\nkeep;\n",
    "empty": b"",
}

NAMES = {
    "a quote": 'we"ird',
    "a backslash": "b\\s",
    "both": '\\"',
    "UTF-8, NFC": "\u00e9",
    "UTF-8, NFD": "e\u0301",
    "two dots": "..",
    "a leading dot": ".dot",
    "a blank": "a b",
    "128 characters": "n" * 128,
    "a literal": "{5+}",
}


def check_names(peer, names):
    """put, list, get, rename, delete of each name, beside a script that stays as it is."""
    peer.run("put", "-", "anchor", input=SCRIPT)
    for what, name in names.items():
        wire = name.encode()
        steps = [
            peer.run("put", "-", "--", name, input=SCRIPT),
            peer.run("get", "--", name),
            peer.run("rename", "--", name, "renamed"),
            peer.run("rename", "--", "renamed", name),
        ]
        listed = peer.names()
        steps.append(peer.run("delete", "--", name))
        ok(
            [step.returncode for step in steps] == [0] * 5
            and steps[1].stdout == SCRIPT
            and sorted(listed) == sorted([wire, b"anchor"])
            and peer.names() == [b"anchor"],
            f"a name is put, listed, got, renamed and deleted: {what}",
            "".join(map(said, steps)) + f"listed: {listed}",
        )
    peer.run("delete", "anchor")


def check_owners(peer):
    """admin acts for alice, and each for many."""
    admin = {"user": "admin", "password": "adminpw"}
    put = peer.run("put", "-", "by-admin", input=SCRIPT, options=["--authzid", "alice"], **admin)
    equal(
        (put.returncode, peer.names(), peer.names(user="bob")),
        (0, [b"by-admin"], []),
        "admin puts a script for alice, and bob has none",
    )
    peer.run("delete", "by-admin")


def each_words(peer, *words):
    """The words of `each` over the three users."""
    users = write(scratch + "/users", b"alice\nbob\n# nobody\n\ncarol\n")
    return peer.words(
        "each", "--", *words, user="admin", password="adminpw", options=["--users", users]
    )


def connects(words, port, input=b""):
    """Runs a command, and counts its connections to the port."""
    log = scratch + "/strace"
    end = subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=connect", "-o", log, *words],
        input=input,
        capture_output=True,
        timeout=60,
        env={**os.environ, "HOME": scratch},
    )
    with open(log) as file:
        return end, file.read().count(f"htons({port})")


def check_each(peer, connection_count):
    words = each_words(peer, "put", "-", "{user}-filter")
    end, count = connects(words, peer.port, SCRIPT)
    equal(
        (end.returncode, end.stdout, end.stderr, count),
        (0, b"", b"", connection_count),
        f"each puts a script for 3 users over {connection_count} connection(s)",
    )
    end, count = connects(each_words(peer, "list"), peer.port)
    wanted = b"".join(b"%s\t%s-filter\n" % (user, user) for user in (b"alice", b"bob", b"carol"))
    equal((end.returncode, end.stdout), (0, wanted), "each lists, a user's name and tab in front")
    words = each_words(peer, "get", "{user}-filter")
    words[2:2] = ["--json", "--jobs", "3"]
    end = subprocess.run(words, capture_output=True, timeout=60)
    reports = sorted((json.loads(line) for line in end.stdout.splitlines()), key=lambda r: r["user"])
    equal(
        [(r["user"], r["status"], r["output"][0]["script"].encode()) for r in reports],
        [(user, 0, SCRIPT) for user in ("alice", "bob", "carol")],
        "each --jobs 3 --json gets them all",
    )
    words = each_words(peer, "get", "bob-filter")
    words[2:2] = ["--keep-going"]
    end = subprocess.run(words, capture_output=True, timeout=60)
    ok(
        end.returncode == 2
        and end.stdout.startswith(b"bob\t")
        and end.stderr.startswith(b"sievectl: alice: bob-filter: ")
        and end.stderr.count(b"\n") == 2,
        "each --keep-going is 2 when some have no such script, and names them",
        said(end),
    )
    end = subprocess.run(each_words(peer, "delete", "{user}-filter"), capture_output=True)
    equal((end.returncode, peer.names()), (0, []), "each deletes them again")
    users = write(scratch + "/users", b"alice\nbob\ncarol\nalice\nbob\n")
    trace = scratch + "/trace"
    end = peer.run(
        "each",
        "--",
        "list",
        user="admin",
        password="wrong",
        options=["--users", users, "--keep-going", "--trace", trace, "--mechanism", "PLAIN"],
    )
    with open(trace) as file:
        attempts = file.read().count("C: AUTHENTICATE")
    os.unlink(trace)
    equal((end.returncode, attempts), (77, 3), "each ends after three refused logins, by 77")


def check_batch(peer):
    folder = tempfile.mkdtemp(dir=scratch)
    names = [f"s{number}" for number in range(40)]
    for name in names:
        write(f"{folder}/{name}.sieve", SCRIPT + f"# {name}\n".encode())
    lines = [f"put {folder}/{name}.sieve" for name in names]
    lines += [f"get {name}" for name in names] + ["# a comment", "", "list -l"]
    end, count = connects(peer.words("batch"), peer.port, "\n".join(lines).encode())
    wanted = b"".join(SCRIPT + f"# {name}\n".encode() for name in names)
    wanted += b"".join(b"  " + name for name in sorted(line + b"\n" for line in peer.names()))
    ok(
        (end.returncode, end.stderr, count) == (0, b"", 1)
        and end.stdout[: 40 * len(SCRIPT)] == wanted[: 40 * len(SCRIPT)]
        and sorted(end.stdout.splitlines()) == sorted(wanted.splitlines()),
        "batch: 40 puts, 40 gets and a list over one connection",
        said(end),
    )
    lines = ["delete s0", "delete nope", "list", "activate s1", "delete s1"]
    end = peer.run("batch", input="\n".join(lines).encode())
    ok(
        end.returncode == 66 and end.stdout == b"" and b"sievectl: stdin:2: nope: " in end.stderr,
        "batch ends at the first that fails, names the line, and has its status",
        said(end),
    )
    end = peer.run("batch", "--keep-going", "--json", input="\n".join(lines).encode())
    reports = [json.loads(line) for line in end.stdout.splitlines()]
    equal(
        (end.returncode, [(r["line"], r["status"]) for r in reports]),
        (2, [(1, 66), (2, 66), (3, 0), (4, 0), (5, 69)]),
        "batch --keep-going --json: a line each, and 2",
    )
    lines = ["deactivate"] + [f"delete {name}" for name in names[1:]]
    end = peer.run("batch", input="\n".join(lines).encode())
    equal((end.returncode, end.stderr, peer.names()), (0, b"", []), "batch deletes them all")


def check_shell(peer):
    text = "ls\nput - x\nsu bob\nnonsense\n!echo out; exit 1\nls\nexit\nls\n"
    end = peer.run(
        "shell", user="admin", password="adminpw", options=["--authzid", "alice"], input=text.encode()
    )
    ok(
        end.returncode == 1
        and end.stdout == b"out\n"
        and end.stderr.count(b"\n") == 2
        and b"no such command: nonsense" in end.stderr,
        "shell from a pipe: no prompt, goes on, and has the status of the last that failed",
        said(end),
    )


def check_cron(peer):
    """No terminal, no input, no word when all is well."""
    write(scratch + "/x.sieve", SCRIPT)
    log = scratch + "/strace"
    words = ["strace", "-f", "-qq", "-e", "trace=open,openat,ioctl", "-o", log]
    words += ["setsid", *peer.words("put", scratch + "/x.sieve", "cron")]
    end = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    with open(log) as file:
        calls = file.read()
    equal(
        (end.returncode, end.stdout, end.stderr, "/dev/tty" in calls),
        (0, b"", b"", False),
        "as cron runs it: silent, and no terminal is touched",
    )
    words = ["setsid", *peer.words("put", scratch + "/x.sieve", password=None)]
    with open(os.devnull) as null:
        end = subprocess.run(
            words, stdin=null, capture_output=True, timeout=60, env={"HOME": scratch + "/none"}
        )
    equal(end.returncode, 78, "without a password and a terminal it is 78, and asks nobody")
    peer.run("delete", "cron")


def check_secrets(peer, mechanisms):
    """No secret in a trace, on stderr, or in the process's words."""
    for mechanism in mechanisms:
        trace = scratch + "/trace"
        password = peer.password("secret")
        words = peer.words("list", options=["--trace", trace, "--mechanism", mechanism, "-vv"])
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            line = file.read()
        out, err = process.communicate(timeout=60)
        with open(trace, "rb") as file:
            told = file.read() + out + err + line.replace(password.encode(), b"")
        os.unlink(trace)
        secrets = [b"secret", b"AGFsaWNl", b"c2VjcmV0", b"YWxpY2U"]
        ok(
            process.returncode == 0
            and b"AUTHENTICATE" in told
            and not any(secret in told for secret in secrets),
            f"no secret in the trace, on stderr and in ps: {mechanism}",
            told.decode(errors="replace"),
        )


def check_statuses(peer):
    """Statuses that a real server gives cause for."""
    peer.run("put", "-", "one", input=SCRIPT)
    peer.run("put", "-", "two", input=SCRIPT)
    peer.run("activate", "one")
    nobody = free_ports(2)
    for status, what, end in [
        (0, "list", peer.run("list")),
        (0, "check", peer.run("check", "-", input=SCRIPT)),
        (0, "exists", peer.run("exists", "one")),
        (1, "exists of none", peer.run("exists", "nope")),
        (2, "get of several, one of them missing", peer.run("get", "one", "nope")),
        (64, "an unknown option", peer.run("list", "--nonsense")),
        (65, "a script that does not compile", peer.run("put", "-", "bad", input=b"keep\n")),
        (65, "check of it", peer.run("check", "-", input=b"nonsense;\n")),
        (66, "get of none", peer.run("get", "nope")),
        (66, "activate of none", peer.run("activate", "nope")),
        (66, "a file that is not there", peer.run("put", "/nonexistent", "x")),
        (69, "delete of the active one", peer.run("delete", "one")),
        (73, "rename to a name that is taken", peer.run("rename", "one", "two")),
        (73, "put --no-clobber of what is there", peer.run(
            "put", "--no-clobber", "-", "one", input=SCRIPT)),
        (75, "nobody listens", peer.run("list", port=nobody)),
        (77, "a wrong password", peer.run("list", password="nonsense")),
        (78, "a password file that is not there", peer.run(
            "list", password=None, options=["--password-file", "/nonexistent"])),
        (79, "an authority that is not known", peer.run(
            "list", options=["--ca-file", PKI + "/stranger.pem"])),
        (79, "another host's name", peer.run("list", options=["--tls-name", "other.test"])),
        (0, "deactivate", peer.run("deactivate")),
        (0, "delete of both", peer.run("delete", "one", "two")),
    ]:
        ok(
            end.returncode == status and (status > 1) == (end.stderr != b""),
            f"status {status}: {what}",
            said(end),
        )
    bad = peer.run("put", "-", "bad", input=b"keep;\nfoo\n;\n")
    ok(bad.stderr.startswith(b"-:"), "what is wrong is told as FILE:N: text", said(bad))


def check_folder(peer):
    """pull and push, and what push -n says before and after."""
    folder = tempfile.mkdtemp(dir=scratch)
    for name in ("a", "b"):
        write(f"{folder}/{name}.sieve", SCRIPT)
    write(f"{folder}/.active", b"a\n")
    ends = [
        peer.run("push", folder, options=["-n"]),
        peer.run("push", folder),
        peer.run("push", folder, options=["-n"]),
    ]
    equal([end.returncode for end in ends], [1, 0, 0], "push -n is 1, push 0, push -n then 0")
    peer.run("put", "-", "--", "..", input=SCRIPT)
    away = tempfile.mkdtemp(dir=scratch)
    pull = peer.run("pull", away)
    equal(
        (pull.returncode, sorted(os.listdir(away))),
        (2, [".active", "a.sieve", "b.sieve"]),
        "pull refuses `..`, gets the rest, and is 2",
    )
    peer.run("deactivate")
    peer.run("delete", "--", "..", "a", "b")


def decomposed(text):
    return unicodedata.normalize("NFD", text)
