import MailProtocols
import Testing

@Suite("Escaped text")
struct EscapedTextTests {
  struct Vector: Sendable {
    let octets: [UInt8]
    let event: String
    let terminal: String
    let field: String

    init(_ octets: [UInt8], event: String, terminal: String, field: String) {
      self.octets = octets
      self.event = event
      self.terminal = terminal
      self.field = field
    }

    init(_ octets: [UInt8], _ everywhere: String) {
      self.init(octets, event: everywhere, terminal: everywhere, field: everywhere)
    }
  }

  static let vectors = [
    Vector([], ""),
    Vector([UInt8]("Plain text, é€😀.".utf8), "Plain text, é€😀."),
    Vector([UInt8]("a\tb\nc\rd".utf8), #"a\tb\nc\rd"#),
    Vector([0x00, 0x1B, 0x5B, 0x7F], #"\x00\x1B[\x7F"#),
    Vector([UInt8]("\u{80}\u{9F}\u{A0}".utf8), "\\xC2\\x80\\xC2\\x9F\u{A0}"),
    Vector([0x61, 0xE9, 0x62], #"a\xE9b"#),
    Vector([0xE2, 0x82], #"\xE2\x82"#),
    Vector([0xC0, 0xAF, 0xED, 0xA0, 0x80], #"\xC0\xAF\xED\xA0\x80"#),
    Vector([UInt8](#"a\b"#.utf8), event: #"a\\b"#, terminal: #"a\\b"#, field: #"a\b"#),
    Vector(
      [UInt8]("\u{202E}x\u{2069}".utf8), event: "\u{202E}x\u{2069}",
      terminal: #"\xE2\x80\xAEx\xE2\x81\xA9"#, field: #"\xE2\x80\xAEx\xE2\x81\xA9"#),
    Vector(
      [UInt8]("\u{061C}".utf8), event: "\u{061C}", terminal: #"\xD8\x9C"#, field: #"\xD8\x9C"#),
  ]

  @Test("each place has its escapes", arguments: vectors)
  func known(vector: Vector) {
    #expect(EscapedText.text(vector.octets.span, for: .event) == vector.event)
    #expect(EscapedText.text(vector.octets.span, for: .terminal) == vector.terminal)
    #expect(EscapedText.text(vector.octets.span, for: .field) == vector.field)
  }

  @Test("a terminal sees no control and nothing that turns text around")
  func terminalIsSafe() {
    for value in UInt32(0)...0x3000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for place in [EscapedText.Place.terminal, .field] {
        let shown = EscapedText.text(String(scalar), for: place)
        #expect(
          !shown.unicodeScalars.contains {
            $0.properties.generalCategory == .control || $0.properties.isBidiControl
          })
      }
    }
  }

  @Test("an event can be turned back into the octets")
  func eventIsReversible() {
    var random = SplitMix64(seed: 7)
    let pool: [UInt8] = [
      0x00, 0x09, 0x0A, 0x0D, 0x41, 0x5C, 0x78, 0x7F, 0x85, 0xC2, 0xE2, 0x80, 0xAE,
    ]
    for _ in 0..<5000 {
      let octets = (0..<Int.random(in: 0...8, using: &random)).map { _ in
        pool.randomElement(using: &random)!
      }
      #expect(unescaped(EscapedText.text(octets.span, for: .event)) == octets)
    }
  }

  private func unescaped(_ text: String) -> [UInt8] {
    var octets: [UInt8] = []
    var rest = [UInt8](text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == .ascii("\\"), let kind = rest.popFirst() else {
        octets.append(octet)
        continue
      }
      switch kind {
      case .ascii("t"): octets.append(.tab)
      case .ascii("n"): octets.append(.lineFeed)
      case .ascii("r"): octets.append(.carriageReturn)
      case .ascii("x"):
        octets += Hex.decode([UInt8](rest.prefix(2)).span) ?? []
        rest = rest.dropFirst(2)
      default: octets.append(kind)
      }
    }
    return octets
  }
}
