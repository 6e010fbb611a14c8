import ArgumentParser
import MailIO
import Testing
import ToolSupport

@Suite("Credential options")
struct CredentialOptionsTests {
  @Test("all of them")
  func all() throws {
    let options = try CredentialOptions.parse([
      "--user", "me", "--authzid", "you", "--password-fd", "3", "--password-file", "f",
      "--password-command", "pass mail", "--token-command", "oauth 'a b'", "--mechanism",
      "scram-*,PLAIN", "--channel-binding", "tls-exporter", "--batch",
    ])
    #expect(options.user == "me" && options.authzid == "you" && options.batch)
    #expect(options.passwordFd == 3 && options.passwordFile == "f")
    #expect(options.passwordCommand == "pass mail" && options.tokenCommand == "oauth 'a b'")
    #expect(options.mechanism?.patterns == ["SCRAM-*", "PLAIN"])
    #expect(options.channelBinding == .required(.exporter))
    try options.check()
  }

  @Test("none of them")
  func none() throws {
    let options = try CredentialOptions.parse([])
    #expect(options.channelBinding == .automatic && options.mechanism == nil && !options.batch)
    try options.check()
  }

  @Test("a password has no option", arguments: ["--password", "--pass", "--token", "-p"])
  func noPassword(option: String) {
    #expect(throws: (any Error).self) { try CredentialOptions.parse([option, "hunter2"]) }
  }

  @Test(
    "lists of mechanisms",
    arguments: [
      ("PLAIN", ["PLAIN"]), ("plain,login", ["PLAIN", "LOGIN"]), ("*", ["*"]),
      ("SCRAM-SHA-???-PLUS", ["SCRAM-SHA-???-PLUS"]), ("*-PLUS,*", ["*-PLUS", "*"]),
      ("ABCDEFGHIJKLMNOPQRST", ["ABCDEFGHIJKLMNOPQRST"]), ("X_Y", ["X_Y"]),
    ])
  func mechanisms(text: String, patterns: [String]) throws {
    #expect(try #require(MechanismList(argument: text)).patterns == patterns)
  }

  @Test(
    "what is no list of mechanisms",
    arguments: [
      "", ",", "PLAIN,", ",PLAIN", "PLAIN,,LOGIN", "PLAIN LOGIN", "PLAIN, LOGIN", "[A]",
      "ABCDEFGHIJKLMNOPQRSTU", "é", "A/B",
    ])
  func noMechanisms(text: String) { #expect(MechanismList(argument: text) == nil) }

  @Test("64 mechanisms are a list, 65 are not")
  func limit() {
    let text = Array(repeating: "A", count: 64).joined(separator: ",")
    #expect(MechanismList(argument: text)?.patterns.count == MechanismList.maxCount)
    #expect(MechanismList(argument: text + ",A") == nil)
  }

  @Test(
    "channel binding, and how it is shown",
    arguments: [
      ("auto", .automatic), ("off", .off), ("tls-exporter", .required(.exporter)),
      ("tls-unique", .required(.unique)), ("tls-server-end-point", .required(.serverEndPoint)),
    ] as [(String, ChannelBindingChoice)])
  func binding(text: String, choice: ChannelBindingChoice) {
    #expect(ChannelBindingChoice(argument: text) == choice)
    #expect(choice.defaultValueDescription == text)
    #expect(ChannelBindingChoice.allValueStrings.contains(text))
  }

  @Test("what is no channel binding", arguments: ["", "on", "AUTO", "tls"])
  func noBinding(text: String) { #expect(ChannelBindingChoice(argument: text) == nil) }

  @Test(
    "values that cannot be are 64",
    arguments: [
      (["--user", ""], "--user: empty"), (["--authzid", ""], "--authzid: empty"),
      (["--password-fd", "1"], "--password-fd: no descriptor to read from: 1"),
      (["--password-fd", "2"], "--password-fd: no descriptor to read from: 2"),
      (["--password-fd=-1"], "--password-fd: no descriptor to read from: -1"),
      (["--password-command", ""], "--password-command: no command"),
      (["--password-command", "''"], "--password-command: no command"),
      (["--token-command", "a 'b"], "--token-command: column 3: ' is never closed"),
    ])
  func usage(arguments: [String], line: String) throws {
    let options = try CredentialOptions.parse(arguments)
    #expect(throws: ToolFailure(.usage, line)) { try options.check() }
  }
}
