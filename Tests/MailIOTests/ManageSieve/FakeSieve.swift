// A small ManageSieve server for tests: keeps scripts in memory, does what the RFC says, and breaks
// it where a test tells it to.

import MailIO
import MailProtocols

/// One dialogue with a client that is tested.
final class FakeSieve {
  /// What a test does in place of the server: the octets to answer with, or nil for the usual.
  typealias Trick = (FakeSieve, _ verb: String, _ words: [[UInt8]]) -> Answer?

  enum Answer {
    case say(String)
    /// Say this and hang up.
    case end(String)
  }

  /// The scripts, in the order in which they came.
  var scripts: [(name: [UInt8], content: [UInt8])] = []
  var active: [UInt8]?
  /// The capabilities, a line each.
  var capabilities = [
    #""IMPLEMENTATION" "Fake 1.0""#, #""SIEVE" "fileinto""#, #""SASL" "PLAIN""#,
    #""VERSION" "1.0""#, #""UNAUTHENTICATE""#,
  ]
  var greeting: String?
  /// The commands that came, by name.
  private(set) var log: [String] = []
  let connection: Connection
  private var input: [UInt8] = []
  private let trick: Trick

  init(_ connection: Connection, _ trick: @escaping Trick) {
    self.connection = connection
    self.trick = trick
  }

  var capabilityReply: String { capabilities.map { $0 + "\r\n" }.joined() + "OK \"Done.\"\r\n" }

  /// Serves until the client goes; returns the commands by name.
  func serve() -> [String] {
    say(greeting ?? capabilityReply)
    while let words = command() {
      let verb = String(decoding: words.first ?? [], as: UTF8.self).uppercased()
      log.append(verb)
      switch trick(self, verb, words) {
      case .say(let text): say(text)
      case .end(let text):
        say(text)
        connection.endOutput()
        return log
      case nil: say(answer(verb, words))
      }
      if verb == "LOGOUT" { break }
    }
    connection.endOutput()
    return log
  }

  func say(_ text: String) { try? connection.send(Array(text.utf8), until: soon) }

  // MARK: What comes

  /// A line without its line end; nil at the end.
  func line() -> [UInt8]? {
    while true {
      if let end = input.firstIndex(of: .lineFeed) {
        defer { input.removeSubrange(...end) }
        return Array(input[..<max(0, end - 1)])
      }
      guard more() else { return nil }
    }
  }

  private func more() -> Bool {
    (try? connection.receive(until: soon, unless: nil) { input += [UInt8](copying: $0) }) ?? false
  }

  /// The words of a command, its literals among them; nil at the end.
  func command() -> [[UInt8]]? {
    var words: [[UInt8]] = []
    while let line = line() {
      var rest = line[...]
      var literal: Int?
      while let first = rest.first {
        switch first {
        case .space: rest = rest.dropFirst()
        case .ascii("\""):
          var word: [UInt8] = []
          rest = rest.dropFirst()
          while let octet = rest.popFirst(), octet != .ascii("\"") {
            word.append(octet == .ascii("\\") ? rest.popFirst() ?? octet : octet)
          }
          words.append(word)
        case .ascii("{"):
          literal = Int(String(decoding: rest.dropFirst().prefix { $0.isDigit }, as: UTF8.self))
          rest = []
        default:
          words.append(Array(rest.prefix { $0 != .space }))
          rest = rest.drop { $0 != .space }
        }
      }
      guard let count = literal else { return words }
      while input.count < count { guard more() else { return nil } }
      words.append(Array(input[..<count]))
      input.removeSubrange(..<count)
    }
    return nil
  }

  private static func quoted(_ octets: [UInt8]) -> String {
    let escaped = octets.flatMap {
      $0 == .ascii("\"") || $0 == .ascii("\\") ? [.ascii("\\"), $0] : [$0]
    }
    return "\"\(String(decoding: escaped, as: UTF8.self))\""
  }

  // MARK: The usual answers

  private func answer(_ verb: String, _ words: [[UInt8]]) -> String {
    let name = words.count > 1 ? words[1] : []
    let index = scripts.firstIndex { $0.name == name }
    let missing = "NO (NONEXISTENT) \"No such script.\"\r\n"
    switch verb {
    case "CAPABILITY": return capabilityReply
    case "NOOP" where words.count > 1:
      return "OK (TAG {\(name.count)}\r\n\(String(decoding: name, as: UTF8.self))) \"Done.\"\r\n"
    case "AUTHENTICATE":
      guard words.count == 3 else { return "NO \"No initial response.\"\r\n" }
      return "OK \"Logged in.\"\r\n"
    case "LISTSCRIPTS":
      let lines = scripts.map { script in
        Self.quoted(script.name)
          + (script.name == active ? " ACTIVE\r\n" : "\r\n")
      }
      return lines.joined() + "OK\r\n"
    case "PUTSCRIPT":
      if let index {
        scripts[index].content = words[2]
      } else {
        scripts.append((name, words[2]))
      }
      return "OK\r\n"
    case "GETSCRIPT":
      guard let index else { return missing }
      let content = scripts[index].content
      return "{\(content.count)}\r\n\(String(decoding: content, as: UTF8.self))\r\nOK\r\n"
    case "SETACTIVE":
      guard index != nil || name.isEmpty else { return missing }
      active = name.isEmpty ? nil : name
      return "OK\r\n"
    case "DELETESCRIPT":
      guard let index else { return missing }
      if name == active { return "NO (ACTIVE) \"It is active.\"\r\n" }
      scripts.remove(at: index)
      return "OK\r\n"
    case "RENAMESCRIPT":
      guard let index else { return missing }
      if scripts.contains(where: { $0.name == words[2] }) {
        return "NO (ALREADYEXISTS) \"Taken.\"\r\n"
      }
      scripts[index].name = words[2]
      if active == name { active = words[2] }
      return "OK\r\n"
    case "CHECKSCRIPT", "HAVESPACE", "NOOP", "LOGOUT", "UNAUTHENTICATE", "STARTTLS":
      return "OK\r\n"
    default: return "NO \"Unknown command.\"\r\n"
    }
  }
}

/// Lets a client talk to a fake server; returns what the client's side gives, and the commands that
/// the server saw.
func talk<Value: Sendable>(
  setup: @escaping @Sendable (FakeSieve) -> Void = { _ in },
  options: ManageSieveOptions = ManageSieveOptions(timeout: .seconds(20)),
  trick: @escaping @Sendable (FakeSieve, String, [[UInt8]]) -> FakeSieve.Answer? = { _, _, _ in nil
  },
  client body: @escaping @Sendable (ManageSieveClient) throws -> Value
) throws -> (value: Result<Value, any Error>, log: [String], scripts: [String: String]) {
  let (served, asked) = converse(
    server: { connection in
      let server = FakeSieve(connection, trick)
      setup(server)
      let log = server.serve()
      var scripts: [String: String] = [:]
      for script in server.scripts {
        let star = script.name == server.active ? "*" : ""
        scripts[star + String(decoding: script.name, as: UTF8.self)] = String(
          decoding: script.content, as: UTF8.self)
      }
      return (log, scripts)
    },
    client: { connection in
      let client = ManageSieveClient(
        connection, url: SieveURL(host: "mail.example.test"), options: options)
      defer { client.disconnect() }
      try client.readGreeting()
      return try body(client)
    })
  let (log, scripts) = try served.get()
  return (asked, log, scripts)
}

extension Result where Failure == any Error {
  /// The cause of the failure, if it is one of ManageSieve.
  var sieveError: ManageSieveError? {
    switch self {
    case .success: nil
    case .failure(let error): error as? ManageSieveError
    }
  }
}

func name(_ text: String) -> SieveScriptName { SieveScriptName(wire: Array(text.utf8)) }

let alice = SASLCredentials(
  authcid: "alice", proof: .password(SASLSecret(Array("secret".utf8))))
let overOpenLine = SASLLoginOptions(cleartext: .allowed)
