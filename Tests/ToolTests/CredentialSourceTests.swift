import ArgumentParser
import Glibc
import MailProtocols
import TestSupport
import Testing
import ToolSupport

/// A home, a credentials directory and a file to read passwords from.
private struct Places {
  let scratch = ScratchDirectory()

  init() {
    mkdir(scratch["home"], 0o700)
    mkdir(scratch["credentials"], 0o700)
  }

  /// A file that is ours alone.
  func write(_ text: String, to name: String, mode: mode_t = 0o600) {
    scratch.write(text, to: name)
    chmod(scratch[name], mode)
  }

  /// What is found; `user secret`, with `token:` before a token.
  func find(
    _ arguments: [String], host: String = "mail.test", user: String? = "me",
    accountPasswordCommand: String? = nil, terminal: TerminalPrompt? = nil
  ) throws -> String {
    let surroundings = CredentialSurroundings(
      credentialsDirectory: scratch["credentials"], homeDirectory: scratch["home"],
      terminal: terminal)
    let credentials = try CredentialSource(
      CredentialOptions.parse(arguments), host: host, user: user,
      accountPasswordCommand: accountPasswordCommand, surroundings: surroundings
    ).credentials()
    let user = credentials.authzid.map { "\(credentials.authcid)=>\($0)" } ?? credentials.authcid
    switch credentials.proof {
    case .password(let secret): return "\(user) \(secret.text)"
    case .token(let secret): return "\(user) token:\(secret.text)"
    case .external: return "\(user) external"
    }
  }
}

/// A descriptor from which `text` can be read.
private func descriptor(with text: String) -> Int32 {
  let pipe = TestPipe()
  write(pipe.writer, text, text.utf8.count)
  close(pipe.writer)
  return pipe.reader
}

@Suite("Credential source")
struct CredentialSourceTests {
  @Test("each place comes before those behind it; what is missing at the end is 78")
  func order() throws {
    let places = Places()
    let terminal = try PseudoTerminal()
    places.write("file\n", to: "file")
    places.write("host\n", to: "credentials/mail.test.password")
    places.write("any\n", to: "credentials/password")
    places.write("machine mail.test login me password netrc\n", to: "home/.netrc")
    var arguments = [
      "--password-fd", "\(descriptor(with: "fd\n"))", "--password-file", places.scratch["file"],
      "--password-command", "echo command", "--token-command", "echo token",
    ]
    var found: [String] = []
    for _ in 0..<4 {
      found.append(try places.find(arguments, accountPasswordCommand: "echo account"))
      arguments.removeFirst(2)
    }
    #expect(found == ["me fd", "me file", "me command", "me token:token"])
    #expect(try places.find([], accountPasswordCommand: "echo account") == "me host")
    unlink(places.scratch["credentials/mail.test.password"])
    #expect(try places.find([], accountPasswordCommand: "echo account") == "me any")
    unlink(places.scratch["credentials/password"])
    #expect(try places.find([], accountPasswordCommand: "echo account") == "me account")
    let prompt = TerminalPrompt(path: terminal.path)
    #expect(try places.find([], terminal: prompt) == "me netrc")
    unlink(places.scratch["home/.netrc"])
    let line =
      "mail.test: no password for me: give --password-command, --password-file or --password-fd"
    let none = ToolFailure(.configuration, line)
    #expect(throws: none) { try places.find([]) }
    #expect(throws: none) { try places.find(["--batch"], terminal: prompt) }
    let typist = startThread {
      #expect(terminal.shown(upTo: "test: ") == "Password for me at mail.test: ")
      terminal.type("typed\n")
    }
    #expect(try places.find([], terminal: prompt) == "me typed")
    pthread_join(typist, nil)
  }

  @Test("a place that fails ends the search: there is no other password to be tried")
  func failing() throws {
    let places = Places()
    places.write("machine mail.test login me password hunter2\n", to: "home/.netrc")
    let missing = places.scratch["missing"]
    for (arguments, line) in [
      (["--password-file", missing], "--password-file \(missing): No such file or directory"),
      (["--password-command", "false"], "--password-command: false: ended with status 1"),
      (["--token-command", "false"], "--token-command: false: ended with status 1"),
      (["--password-fd", "999"], "--password-fd 999: Bad file descriptor"),
    ] {
      #expect(throws: ToolFailure(.configuration, line)) { try places.find(arguments) }
    }
    let failure = ToolFailure(.configuration, "password-command: false: ended with status 1")
    #expect(throws: failure) { try places.find([], accountPasswordCommand: "false") }
    #expect(try places.find([]) == "me hunter2")
  }

  @Test(
    "files that others can read are 78: named, with what to do",
    arguments: [
      "home/.netrc", "credentials/password", "credentials/mail.test.password",
    ])
  func readable(name: String) throws {
    let places = Places()
    places.write("machine mail.test password hunter2\n", to: name, mode: 0o644)
    let path = places.scratch[name]
    let line = "\(path): others can read or change it (mode 644); chmod 600 it"
    #expect(throws: ToolFailure(.configuration, line)) { try places.find([]) }
  }

  @Test("a netrc that is wrong is 78 with its line, and does not show it")
  func wrongNetrc() throws {
    let places = Places()
    places.write("machine mail.test\npassword hunter2 hunter3\n", to: "home/.netrc")
    let failure = #expect(throws: ToolFailure.self) { try places.find([]) }
    #expect(failure?.status == .configuration)
    #expect(failure?.message.hasPrefix("\(places.scratch["home/.netrc"]): line 2: ") == true)
    #expect(failure?.message.contains("hunter") == false)
  }

  @Test("--user goes before the URL's, both before netrc's")
  func users() throws {
    let places = Places()
    places.write(
      "machine mail.test login you password 1\nmachine mail.test login me password 2\n",
      to: "home/.netrc")
    #expect(try places.find([], user: nil) == "you 1")
    #expect(try places.find([]) == "me 2")
    #expect(try places.find(["--user", "you"]) == "you 1")
    #expect(try places.find([], host: "MAIL.test", user: nil) == "you 1")
    #expect(
      try places.find(["--password-command", "echo x", "--user", "you", "--authzid", "boss"])
        == "you=>boss x")
    #expect(throws: ToolFailure.self) { try places.find(["--user", "other"]) }
  }

  @Test("without a user it is 64, before anything is run")
  func noUser() throws {
    let places = Places()
    let ran = places.scratch["ran"]
    let failure = ToolFailure(.usage, "mail.test: no user: give --user")
    #expect(throws: failure) {
      try places.find(["--password-command", "touch \(ran)"], user: nil)
    }
    #expect(throws: failure) {
      try places.find([], user: nil, accountPasswordCommand: "touch \(ran)")
    }
    #expect(access(ran, F_OK) != 0)
    // A netrc entry for whoever it is does not say who.
    places.write("machine mail.test password x\n", to: "home/.netrc")
    #expect(throws: failure) { try places.find([], user: nil) }
    #expect(try places.find([]) == "me x")
  }

  @Test("EXTERNAL alone needs no secret, and none is looked for")
  func external() throws {
    let places = Places()
    #expect(try places.find(["--mechanism", "external"]) == "me external")
    #expect(
      try places.find(["--mechanism", "EXTERNAL", "--authzid", "x"], user: nil) == "=>x external")
    #expect(throws: ToolFailure.self) { try places.find(["--mechanism", "EXTERNAL,PLAIN"]) }
  }

  @Test("a host cannot lead out of the credentials directory", arguments: ["../home/x", "/x"])
  func escape(host: String) throws {
    let places = Places()
    places.write("outside", to: "home/x.password")
    #expect(throws: ToolFailure.self) { try places.find([], host: host) }
    places.write("inside", to: "credentials/password")
    #expect(try places.find([], host: host) == "me inside")
  }

  @Test("a descriptor is read once and closed; a terminal is none to read from")
  func descriptors() throws {
    let places = Places()
    let number = descriptor(with: "hunter2\n")
    #expect(try places.find(["--password-fd", "\(number)"]) == "me hunter2")
    let terminal = try PseudoTerminal()
    let opened = open(terminal.path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    defer { close(opened) }
    let failure = #expect(throws: ToolFailure.self) {
      try places.find(["--password-fd", "\(opened)"])
    }
    #expect(failure?.status == .configuration)
    #expect(fcntl(opened, F_GETFD) >= 0)
  }

  @Test("an option that cannot be is 64, whichever place would have come first")
  func usage() throws {
    let places = Places()
    places.write("file", to: "file")
    let arguments = ["--password-file", places.scratch["file"], "--token-command", "'"]
    let failure = ToolFailure(.usage, "--token-command: column 1: ' is never closed")
    #expect(throws: failure) { try places.find(arguments) }
  }

  @Test("credentials that are printed show no secret")
  func printing() throws {
    let credentials = try CredentialSource(
      CredentialOptions.parse(["--password-command", "echo hunter2"]), host: "h", user: "me",
      surroundings: CredentialSurroundings()
    ).credentials()
    var dumped = ""
    dump(credentials, to: &dumped)
    #expect(!"\(credentials)".contains("hunter2") && !dumped.contains("hunter2"))
  }

  @Test("a process's surroundings are its environment's")
  func surroundings() {
    let home = getenv("HOME").map { String(cString: $0) }
    #expect(CredentialSurroundings.ofProcess.homeDirectory == home)
    setenv("CREDENTIALS_DIRECTORY", "/run/x", 1)
    #expect(CredentialSurroundings.ofProcess.credentialsDirectory == "/run/x")
    setenv("CREDENTIALS_DIRECTORY", "", 1)
    #expect(CredentialSurroundings.ofProcess.credentialsDirectory == nil)
    unsetenv("CREDENTIALS_DIRECTORY")
    #expect(CredentialSurroundings.ofProcess.credentialsDirectory == nil)
  }
}
