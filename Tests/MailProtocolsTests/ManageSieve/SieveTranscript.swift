import Glibc

@testable import MailProtocols

/// A dialogue from Fixtures/managesieve, played against the client's session; the README there says
/// how it is written.
struct SieveTranscript {
  enum Step {
    /// What the caller does.
    case ask([String])
    case server([UInt8])
  }

  struct Malformed: Error { let line: String }

  /// What happened, a line each: `C: ...` octets that were sent, `= ...` events.
  private(set) var happened: [String] = []
  private(set) var expected: [String] = []
  private var steps: [Step] = []

  init(_ text: String) throws {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let rest = line.dropFirst(line.count == 2 ? 2 : 3)
      switch line.prefix(2) {
      case "> ": steps.append(.ask(line.dropFirst(2).split(separator: " ").map(String.init)))
      case "S:": steps.append(.server(Self.octets(rest) + [.carriageReturn, .lineFeed]))
      case "S-": steps.append(.server(Self.octets(rest)))
      case "C:", "= ": expected.append(String(line))
      default: throw Malformed(line: String(line))
      }
    }
  }

  /// Plays it; what the server sends between two things that the caller does is cut into pieces.
  mutating func play(_ cut: ([UInt8]) -> [[UInt8]]) throws {
    var session = SieveClientSession(
      limits: SieveLimits(maxLineByteCount: 200, maxLiteralByteCount: 100, maxLineCount: 20))
    happened = []
    var pending: [UInt8] = []
    for step in steps + [.ask(["nothing"])] {
      switch step {
      case .server(let octets): pending += octets
      case .ask(let words):
        for piece in cut(pending) { receive(piece, &session) }
        pending = []
        try Self.ask(words, &session)
        let output = String(decoding: session.takeOutput(), as: UTF8.self)
        for line in output.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast() {
          happened.append("C: \(line)")
        }
      }
    }
  }

  private mutating func receive(_ piece: [UInt8], _ session: inout SieveClientSession) {
    var position = 0
    do throws(SieveProtocolError) {
      while let event = try session.receive(piece.span, at: &position) {
        happened.append("= \(Self.show(event, session))")
      }
    } catch {
      happened.append("= error \(error.reason)")
    }
  }

  private static func ask(_ words: [String], _ session: inout SieveClientSession) throws {
    func name(_ index: Int) -> SieveScriptName { SieveScriptName(wire: Array(words[index].utf8)) }
    switch words[0] {
    case "nothing": break
    case "capability": session.send(.capability)
    case "list": session.send(.listScripts)
    case "get": session.send(.getScript(name(1)))
    case "put": session.send(.putScript(name(1), Array(words[2].utf8)))
    case "delete": session.send(.deleteScript(name(1)))
    case "activate": session.send(.setActive(name(1)))
    case "noop": session.send(.noOperation(tag: Array(words[1].utf8)))
    case "logout": session.send(.logout)
    case "unauthenticate": session.send(.unauthenticate)
    case "starttls": session.send(.startTLS)
    case "handshake": session.tlsStarted()
    case "ask-capabilities": session.askForCapabilities()
    case "refresh": session.refreshCapabilities()
    case "authenticate":
      session.send(
        .authenticate(
          SASLMechanismName(words[1])!,
          initialResponse: words.count > 2 ? Array(words[2].utf8) : nil))
    case "respond": session.respond(Array(words.dropFirst().joined(separator: " ").utf8))
    case "cancel": session.cancel()
    default: throw Malformed(line: words.joined(separator: " "))
    }
  }

  private static func show(_ event: SieveClientSession.Event, _ session: SieveClientSession)
    -> String
  {
    switch event {
    case .greeting(let reply): "greeting \(show(reply))"
    case .challenge(let octets): "challenge \"\(EscapedText.text(octets.span, for: .event))\""
    case .reply(let reply): "reply \(reply.verb!.rawValue) \(show(reply))"
    case .startTLS: "starttls"
    case .capabilities:
      "capabilities \(session.capabilities?.implementation ?? "-") \(session.capabilities?.sasl ?? [])"
    case .bye(let response, let verb): "bye \(verb?.rawValue ?? "-") \(show(response))"
    }
  }

  private static func show(_ reply: SieveReply) -> String {
    let scripts = reply.scripts.map { ($0.isActive ? "*" : "") + $0.name.description }
    let list = reply.verb == .listScripts ? " [\(scripts.joined(separator: ", "))]" : ""
    let script = reply.script.map { " \(EscapedText.text($0.span, for: .event))" } ?? ""
    return show(reply.response) + list + script
  }

  private static func show(_ response: SieveResponse) -> String {
    var text = response.status.rawValue
    if let code = response.code { text += " (\(code.name))" }
    if let words = response.text { text += " \"\(EscapedText.text(words.span, for: .event))\"" }
    return text
  }

  private static func octets(_ text: Substring) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == .ascii("\\") else {
        result.append(octet)
        continue
      }
      switch rest.popFirst() {
      case .ascii("r"): result.append(.carriageReturn)
      case .ascii("n"): result.append(.lineFeed)
      case .ascii("x"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        result.append(UInt8(digits, radix: 16)!)
        rest = rest.dropFirst(2)
      case let other?: result.append(other)
      case nil: break
      }
    }
    return result
  }

  // MARK: Files

  private static let folder: String = {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast(2).joined(separator: "/")
    return folder + "/Fixtures/managesieve"
  }()

  static let names: [String] = {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".transcript") { names.append(name) }
    }
    return names.sorted()
  }()

  static func load(_ name: String) throws -> SieveTranscript {
    guard let file = fopen("\(folder)/\(name)", "r") else { throw Malformed(line: name) }
    defer { fclose(file) }
    var octets = [UInt8](repeating: 0, count: 65536)
    let count = fread(&octets, 1, octets.count, file)
    return try SieveTranscript(String(decoding: octets[..<count], as: UTF8.self))
  }
}
