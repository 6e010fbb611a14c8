import Glibc
import MailIO
import MailProtocols
import TestSupport
import Testing
import ToolSupport

@Suite("Secrets that are read")
struct SecretInputTests {
  @Test(
    "one line end is taken off, and no more",
    arguments: [
      ("hunter2", "hunter2"), ("hunter2\n", "hunter2"), ("hunter2\r\n", "hunter2"),
      ("hunter2\n\n", "hunter2\n"), ("hunter2\r", "hunter2\r"), ("hunter2\r\n\r\n", "hunter2\r\n"),
      (" hunter2 \n", " hunter2 "), ("a\nb\n", "a\nb"), ("\nx", "\nx"), ("é\n", "é"), (" ", " "),
      ("\n\n", "\n"), ("\r", "\r"), ("\n\r\n", "\n"),
    ])
  func lineEnd(text: String, secret: String) throws {
    var octets = [UInt8](text.utf8)
    #expect(try SecretInput.secret(&octets, from: "x").text == secret)
    #expect(octets.isEmpty, "not overwritten")
  }

  @Test(
    "what cannot be a secret is 78, and is not shown",
    arguments: [
      ("", "x: there is no secret in it"), ("\n", "x: there is no secret in it"),
      ("\r\n", "x: there is no secret in it"), ("hunter\0", "x: a secret cannot hold NUL"),
      ("\0\n", "x: a secret cannot hold NUL"),
    ])
  func unusable(text: String, line: String) {
    var octets = [UInt8](text.utf8)
    #expect(throws: ToolFailure(.configuration, line)) {
      try SecretInput.secret(&octets, from: "x")
    }
    #expect(octets.isEmpty, "not overwritten")
  }

  @Test(
    "64 KiB are a secret, with any line end behind; one octet more is none", arguments: [0, 1, 2])
  func limit(lineEndCount: Int) throws {
    let scratch = ScratchDirectory()
    let end = String("\r\n".utf8.suffix(lineEndCount))!
    for (count, isSecret) in [(SecretInput.maxByteCount, true), (65_537, false)] {
      scratch.write(String(repeating: "x", count: count) + end, to: "secret")
      chmod(scratch["secret"], 0o600)
      let result = Result {
        try SecretInput.secret(file: scratch["secret"], from: "x", until: .after(.seconds(20)))
      }
      #expect((try? result.get())??.count == (isSecret ? count : nil))
    }
  }

  @Test("a longer file is not read on", arguments: [65_539, 200_000])
  func tooLong(count: Int) {
    let scratch = ScratchDirectory()
    scratch.write(String(repeating: "x", count: count), to: "secret")
    chmod(scratch["secret"], 0o600)
    #expect(throws: ToolFailure(.configuration, "x: longer than 65536 octets")) {
      try SecretInput.secret(file: scratch["secret"], from: "x", until: .never)
    }
  }

  @Test(
    "a file that others can read or write is refused, with what to do",
    arguments: [0o644, 0o604, 0o602, 0o660, 0o620, 0o601] as [mode_t])
  func permissions(mode: mode_t) {
    let scratch = ScratchDirectory()
    scratch.write("hunter2", to: "secret")
    chmod(scratch["secret"], mode)
    let line = "x: others can read or change it (mode \(String(mode, radix: 8))); chmod 600 it"
    #expect(throws: ToolFailure(.configuration, line)) {
      try SecretInput.secret(file: scratch["secret"], from: "x", until: .never)
    }
  }

  @Test("a file that is ours alone is read", arguments: [0o600, 0o400, 0o700] as [mode_t])
  func owner(mode: mode_t) throws {
    let scratch = ScratchDirectory()
    scratch.write("hunter2\n", to: "secret")
    chmod(scratch["secret"], mode)
    let secret = try SecretInput.secret(file: scratch["secret"], from: "x", until: .never)
    #expect(secret?.text == "hunter2")
  }

  @Test("no file is nil; a directory and a device are 78")
  func kinds() throws {
    let scratch = ScratchDirectory()
    #expect(try SecretInput.secret(file: scratch["none"], from: "x", until: .never) == nil)
    for path in [scratch.path, "/dev/null"] {
      #expect(throws: ToolFailure(.configuration, "x: neither a file nor a pipe")) {
        try SecretInput.secret(file: path, from: "x", until: .never)
      }
    }
  }

  @Test("a pipe is read to its end, in whatever pieces; one without an end is 78 in time")
  func pipe() throws {
    let pipe = TestPipe()
    defer { close(pipe.reader) }
    #expect(
      throws: ToolFailure(.configuration, "x: its end did not come in time")
    ) {
      write(pipe.writer, "hun", 3)
      _ = try SecretInput.secret(
        descriptor: pipe.reader, from: "x", until: .after(.milliseconds(50)))
    }
    let thread = startThread {
      for piece in ["hun", "ter", "2\n"] {
        write(pipe.writer, piece, piece.utf8.count)
        usleep(5000)
      }
      close(pipe.writer)
    }
    let path = "/dev/fd/\(pipe.reader)"
    let secret = try SecretInput.secret(file: path, from: "x", until: .after(.seconds(20)))
    pthread_join(thread, nil)
    #expect(secret?.text == "hunter2")
  }
}

@Suite("Secret commands")
struct SecretCommandTests {
  private func failure(
    _ command: String, within patience: Duration = .seconds(20)
  ) throws -> ToolFailure? {
    let command = try SecretCommand(command, from: "--password-command")
    return #expect(throws: ToolFailure.self) { try command.run(within: patience) }
  }

  @Test("what a command prints is the secret; no shell looks at it")
  func printed() throws {
    for (command, secret) in [
      (#"printf 'hunter2\n'"#, "hunter2"), ("echo '$HOME' *", "$HOME *"),
      ("printf hunter2", "hunter2"), ("sh -c 'cat; echo x'", "x"), ("echo a;b", "a;b"),
    ] {
      #expect(try SecretCommand(command, from: "x").run().text == secret)
    }
  }

  @Test(
    "a command that fails is 78 with its name and status, not with what it printed",
    arguments: [
      ("sh -c 'echo hunter2; exit 3'", "sh: ended with status 3"),
      ("false", "false: ended with status 1"),
      ("sh -c 'echo hunter2; kill -9 $$'", "sh: was ended by signal 9"),
      ("/nonexistent/pass hunter2", "/nonexistent/pass: No such file or directory"),
      ("postroom-no-such-command", "postroom-no-such-command: No such file or directory"),
      ("/etc/passwd", "/etc/passwd: Permission denied"), ("true", "true: there is no secret in it"),
      (#"printf 'hunter\0'"#, "printf: a secret cannot hold NUL"),
      ("sh -c 'yes hunter2'", "sh: printed more than a secret can be"),
    ])
  func failures(command: String, line: String) throws {
    let failure = try failure(command)
    #expect(failure == ToolFailure(.configuration, "--password-command: \(line)"))
  }

  @Test(
    "a command that does not end is killed", arguments: ["sleep 60", "sh -c 'exec >&-; sleep 60'"])
  func endless(command: String) throws {
    let failure = try failure(command, within: .milliseconds(200))
    let name = command.prefix { $0 != " " }
    #expect(
      failure
        == ToolFailure(.configuration, "--password-command: \(name): took longer than 200ms"))
  }

  @Test("an accounts file's command that cannot be split is 78")
  func accountsFile() {
    let failure = ToolFailure(.configuration, "password-command: column 1: ' is never closed")
    #expect(throws: failure) {
      try SecretCommand("'", from: "password-command", invalid: .configuration)
    }
  }
}
