import ArgumentParser
import Glibc
import MailIO
import MailProtocols
import TestSupport
import Testing
import ToolSupport

/// Writes a file and looks an account up in it.
private func chosen(
  _ text: String, _ arguments: [String] = [], mode: mode_t = 0o644,
  vocabulary: AccountVocabulary = .sievectl, hasTarget: Bool = false
) throws -> ChosenAccount? {
  let scratch = ScratchDirectory()
  scratch.write(text, to: "accounts")
  chmod(scratch["accounts"], mode)
  do {
    return try AccountOptions.parse(arguments).chosen(
      from: vocabulary, hasTarget: hasTarget, defaultFile: scratch["accounts"])
  } catch let failure as ToolFailure {
    // The folder's name is another each time.
    throw ToolFailure(
      failure.status,
      failure.message.split(separator: "\(scratch.path)/").joined())
  }
}

private struct Line: ParsableArguments {
  @OptionGroup var tls: TLSClientOptions
  @OptionGroup var credentials: CredentialOptions
  @OptionGroup var timing: TimingOptions
  @Argument var words: [String] = []
}

@Suite("Account options")
struct AccountOptionsTests {
  @Test("the account that is named is used; without a name and a URL, `default`")
  func choosing() throws {
    let text = "account default\nurl imaps://a\naccount work\nurl imaps://b\n"
    #expect(try chosen(text)?.url == "imaps://a")
    #expect(try chosen(text, ["-a", "work"])?.url == "imaps://b")
    #expect(try chosen(text, hasTarget: true) == nil)
    #expect(
      throws: ToolFailure(.usage, "-a work goes with no URL: the account has its own")
    ) { try chosen(text, ["-a", "work"], hasTarget: true) }
    #expect(throws: ToolFailure(.noInput, "accounts: no account home")) {
      try chosen(text, ["-a", "home"])
    }
    #expect(throws: ToolFailure(.usage, "no URL, and no account default in accounts")) {
      try chosen("account work\n")
    }
  }

  @Test("a file that is not there is 66 when it was asked for, and else no URL: 64")
  func missing() throws {
    func status(_ arguments: [String], _ file: String?) throws -> ToolSupport.ExitStatus? {
      let failure = #expect(throws: ToolFailure.self) {
        try AccountOptions.parse(arguments).chosen(
          from: .imapfetch, hasTarget: false, defaultFile: file)
      }
      return failure?.status
    }
    #expect(try status([], "/nonexistent/accounts") == .usage)
    #expect(try status([], nil) == .usage)
    #expect(try status(["-a", "x"], "/nonexistent/accounts") == .noInput)
    #expect(try status(["--config", "/nonexistent/x"], nil) == .noInput)
  }

  @Test(
    "a file that others can change is refused; to read it is for everybody",
    arguments: [(0o600, true), (0o644, true), (0o664, false), (0o602, false), (0o666, false)]
      as [(mode_t, Bool)])
  func modes(mode: mode_t, isTaken: Bool) throws {
    let text = "account default\nurl imaps://a\n"
    if isTaken {
      #expect(try chosen(text, mode: mode)?.url == "imaps://a")
    } else {
      let reason = "others can change it (mode \(String(mode, radix: 8))); chmod go-w it"
      #expect(throws: ToolFailure(.configuration, "accounts: \(reason)")) {
        try chosen(text, mode: mode)
      }
    }
  }

  @Test(
    "what is wrong is 78 with file and line",
    arguments: [
      ("account default\n\nno-such-option x\n", "accounts:3: no-such-option: no such option"),
      ("account default\npassword-fd 3\n", "accounts:2: password-fd: no such option"),
      ("account default\nconfig x\n", "accounts:2: config: no such option"),
      ("account default\nuser\n", "accounts:2: user: needs a value"),
      ("account default\nbatch yes\n", "accounts:2: batch: takes no value"),
      ("account default\nurl a\nurl b\n", "accounts:3: url: given twice"),
      (
        "account default\npassword hunter2\n",
        "accounts:2: no secret may stand here: use password-command or token-command"
      ),
      ("user x\n", "accounts:1: no account stands before it"),
    ])
  func errors(text: String, line: String) {
    #expect(throws: ToolFailure(.configuration, line)) { try chosen(text) }
  }

  @Test("a mistake in another account does not stand in the way, but for what is no account at all")
  func otherAccounts() throws {
    let text = "account default\nurl a\naccount b\nno-such-option\n"
    #expect(try chosen(text)?.url == "a")
    #expect(throws: ToolFailure.self) { try chosen(text + "password x\n") }
  }

  @Test("what belongs to another tool is passed over, each way")
  func foreign() throws {
    let text = "account default\nurl a\nmaildir /m\nreferral deny\nuser u\n"
    #expect(try chosen(text)?.arguments(before: []) == ["--referral=deny", "--user=u"])
    #expect(
      try chosen(text, vocabulary: .imapfetch)?.arguments(before: [])
        == ["--maildir=/m", "--user=u"])
  }

  @Test("the command line comes behind, and so has the last word; what may be repeated adds up")
  func order() throws {
    let pin = "sha256//\(String(repeating: "A", count: 43))="
    let account = try #require(
      try chosen("account default\nuser -u\ntls-min 1.3\npin \(pin)\nbatch\ntimeout 5s\n"))
    let line = try account.parse(Line.self, before: ["--user", "v", "--pin", pin, "word"])
    #expect(line.credentials.user == "v" && line.credentials.batch)
    #expect(line.tls.tlsMin == .tls13 && line.tls.pin.count == 2 && line.words == ["word"])
    #expect(line.timing.timeout.duration == .seconds(5))
    #expect(try account.parse(Line.self, before: []).credentials.user == "-u")
  }

  @Test("a value that the option does not take is the account's fault: 78")
  func values() throws {
    let account = try #require(try chosen("account default\ntimeout soon\n"))
    let failure = #expect(throws: ToolFailure.self) { try account.parse(Line.self, before: []) }
    #expect(failure?.status == .configuration)
    #expect(failure?.message.contains("accounts: account default: ") == true)
    #expect(failure?.message.contains("soon") == true)
  }

  @Test("the password command is kept apart, and the command line's own secret goes before all")
  func secrets() throws {
    let account = try #require(
      try chosen(
        "account default\npassword-command pass show x\ntoken-command t\npassword-file /f\nuser u\n"
      ))
    #expect(account.passwordCommand == "pass show x")
    #expect(
      account.arguments(before: ["put"])
        == ["--token-command=t", "--password-file=/f", "--user=u", "put"])
    for own in [["--password-fd", "3"], ["--password-command=x"], ["--token-command", "y"]] {
      #expect(account.arguments(before: own) == ["--user=u"] + own)
    }
  }
}
