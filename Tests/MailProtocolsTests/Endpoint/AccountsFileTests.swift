import MailProtocols
import Testing

/// `name: option=value, flag` of each account.
private func shown(_ text: String) throws -> [String] {
  try AccountsFile([UInt8](text.utf8).span).accounts.map { account in
    let settings = account.settings.map { setting in
      setting.value.map { "\(setting.name)=\($0)" } ?? setting.name
    }
    return "\(account.name): \(settings.joined(separator: ", "))"
  }
}

private func error(_ text: [UInt8]) -> AccountsFileError? {
  do throws(AccountsFileError) {
    _ = try AccountsFile(text.span)
    return nil
  } catch {
    return error
  }
}

@Suite("Accounts file")
struct AccountsFileTests {
  @Test(
    "an account opens a section; lines below are its options",
    arguments: [
      ("", []), ("\n\r\n \t\n# account x\n  # y", []), ("account a", ["a: "]),
      ("account a\nurl sieve://h\nbatch", ["a: url=sieve://h, batch"]),
      ("account a\n\turl  x  \r\n\r\naccount b\r\n  url y\r\n", ["a: url=x", "b: url=y"]),
      ("account my account\n", ["my account: "]), ("account  \u{E9}\t\n", ["\u{E9}: "]),
      ("account a\npin sha256//x=\npin y", ["a: pin=sha256//x=, pin=y"]),
      (
        "account a\npassword-command pass show \"x y\" # z",
        [
          "a: password-command=pass show \"x y\" # z"
        ]
      ),
      ("account account\naccounts x", ["account: accounts=x"]),
      ("account a\nuser #", ["a: user=#"]), ("account a\nuser a\tb", ["a: user=a\tb"]),
    ] as [(String, [String])])
  func sections(text: String, accounts: [String]) throws { #expect(try shown(text) == accounts) }

  @Test("an account is found by its name, letter by letter")
  func finding() throws {
    let text = [UInt8]("account a\nurl x\n\naccount A\nurl y\n".utf8)
    let file = try AccountsFile(text.span)
    #expect(file.account("A")?.settings.map(\.value) == ["y"])
    #expect(file.account("a")?.line == 1 && file.account("A")?.line == 4)
    #expect(file.account("A")?.settings.map(\.line) == [5])
    #expect(file.account("b") == nil && file.account("") == nil)
  }

  @Test(
    "what is wrong is told with its line",
    arguments: [
      ("url x", 1, .outsideOfAccount), ("\n# c\nurl x", 3, .outsideOfAccount),
      ("account", 1, .nameMissing), ("account a\naccount \t", 2, .nameMissing),
      ("account a\nurl x\naccount b\naccount a", 4, .repeated(firstLine: 1)),
      ("account a\n--user x", 2, .noOptionName), ("account a\nuser=x", 2, .noOptionName),
      ("account a\n[b]", 2, .noOptionName), ("account a\npassword x", 2, .secret),
      ("account a\npassword", 2, .secret), ("password x", 1, .secret),
      ("account a\ntoken x", 2, .secret), ("account a\nuser \u{1}", 2, .notText),
      ("account a\0b", 1, .notText), ("account a\rb", 1, .notText),
    ] as [(String, Int, AccountsFileError.Cause)])
  func errors(text: String, line: Int, cause: AccountsFileError.Cause) {
    let error = error([UInt8](text.utf8))
    #expect(error == AccountsFileError(line: line, cause: cause))
    #expect(error?.description.isEmpty == false)
  }

  @Test("octets that are not UTF-8 are not text")
  func encoding() {
    #expect(error([UInt8]("account a\nuser ".utf8) + [0xFF])?.cause == .notText)
  }

  @Test("no error shows what the line holds")
  func discretion() {
    for text in [
      "password hunter2", "hunter2", "account a\nhunter=2", "account a\npassword hunter2",
    ] {
      #expect(error([UInt8](text.utf8)).map { "\($0)" }?.contains("hunter") == false)
    }
  }

  @Test("length, accounts and lines have limits")
  func limits() {
    let full = "account a\n#" + String(repeating: "x", count: AccountsFile.maxByteCount - 11)
    #expect(error([UInt8](full.utf8)) == nil)
    #expect(error([UInt8]((full + "x").utf8))?.cause == .tooLong)
    func accounts(_ count: Int) -> [UInt8] {
      [UInt8]((0..<count).map { "account \($0)\n" }.joined().utf8)
    }
    #expect(error(accounts(AccountsFile.maxAccountCount)) == nil)
    #expect(error(accounts(AccountsFile.maxAccountCount + 1))?.cause == .tooMany)
    func settings(_ count: Int) -> [UInt8] {
      [UInt8](("account a\n" + String(repeating: "pin x\n", count: count)).utf8)
    }
    #expect(error(settings(AccountsFile.maxSettingCount)) == nil)
    #expect(error(settings(AccountsFile.maxSettingCount + 1))?.cause == .tooMany)
  }
}
