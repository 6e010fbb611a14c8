@testable import MailProtocols

/// A dialogue from Fixtures/managesieve, played against the client's session; the README there says
/// how it is written.
struct SieveTranscript {
  enum Step {
    /// What the caller does.
    case ask(TranscriptLine)
    case server([UInt8])
  }

  /// What happened, a line each: `C: ...` octets that were sent, `= ...` events.
  private(set) var happened: [String] = []
  private(set) var expected: [String] = []
  private var steps: [Step] = []

  init(_ text: String) throws {
    for line in TranscriptLine.all(in: text) {
      switch line.tag {
      case "> ": steps.append(.ask(line))
      case "S:": steps.append(.server(try line.octets() + [.carriageReturn, .lineFeed]))
      case "S-": steps.append(.server(try line.octets()))
      case "C:", "= ": expected.append(String(line.text))
      default: throw line.malformed("not a line of a transcript: \(line.text)")
      }
    }
  }

  /// Plays it; what the server sends between two things that the caller does is cut into pieces.
  mutating func play(_ cut: ([UInt8]) -> [[UInt8]]) throws {
    var session = SieveClientSession(
      limits: SieveLimits(maxLineByteCount: 200, maxLiteralByteCount: 100, maxLineCount: 20))
    happened = []
    var pending: [UInt8] = []
    for step in steps + [.ask(TranscriptLine(number: 0, text: "> nothing"))] {
      switch step {
      case .server(let octets): pending += octets
      case .ask(let line):
        for piece in cut(pending) { receive(piece, &session) }
        pending = []
        try Self.ask(line, &session)
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

  private static func ask(_ line: TranscriptLine, _ session: inout SieveClientSession) throws {
    let words = Array(line.words.dropFirst())
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
    default: throw line.malformed("ask for what? \(words[0])")
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

  // MARK: - The folder

  private static let folder = FixtureFolder("managesieve")

  /// The names of all transcripts, in order.
  static let names = folder.names(endingIn: ".transcript")

  static func load(_ name: String) throws -> SieveTranscript {
    try SieveTranscript(folder.text("\(name).transcript"))
  }
}
