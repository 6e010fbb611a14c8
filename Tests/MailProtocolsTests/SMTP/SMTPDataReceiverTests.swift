import MailProtocols
import Testing

private typealias Limits = SMTPDataReceiver.Limits

private func limits(
  _ bareNewlines: BareNewlinePolicy = .reject, size: Int = 0, line: Int = 0,
  refusesEightBit: Bool = false
) -> SMTPDataReceiver.Limits {
  SMTPDataReceiver.Limits(
    maxByteCount: size, maxLineByteCount: line, bareNewlines: bareNewlines,
    refusesEightBit: refusesEightBit)
}

/// What came of feeding the pieces, in the words of NaiveDataReceiver.
private func receive(
  _ pieces: [[UInt8]], _ framing: SMTPDataReceiver.Framing, _ limits: SMTPDataReceiver.Limits
) -> (result: NaiveDataReceiver, wasToldAfterViolation: Bool) {
  var receiver = SMTPDataReceiver(framing: framing, limits: limits)
  var result = NaiveDataReceiver([], framing: framing, limits: limits)
  var isLate = false
  var consumed = 0
  func take(_ event: SMTPDataReceiver.Event?, _ piece: [UInt8]) {
    if receiver.violation != nil, event != nil, event != .end, event != .needsInput {
      isLate = true
    }
    switch event {
    case .content(let range): result.content += piece[range]
    case .carriageReturn: result.content.append(.carriageReturn)
    case .lineEnd: result.content += [.carriageReturn, .lineFeed]
    case .end, .needsInput, nil: break
    }
  }
  feed: for piece in pieces {
    var position = 0
    while true {
      let event = receiver.next(piece.span, at: &position)
      take(event, piece)
      if event == .end {
        result.end = consumed + position
        break feed
      }
      if event == .needsInput { break }
    }
    consumed += piece.count
  }
  if framing == .chunks { take(receiver.finish(), []) }
  result.byteCount = receiver.byteCount
  result.lineCount = receiver.lineCount
  result.violation = receiver.violation
  result.bareNewline = receiver.bareNewline.map { "\($0.sequence) at \($0.offset)" }
  return (result, isLate)
}

/// The same of both, but the content of what is refused, which nobody sees.
private func agree(_ one: NaiveDataReceiver, _ other: NaiveDataReceiver) -> Bool {
  var one = one
  var other = other
  if one.violation != nil {
    one.content = []
    other.content = []
  }
  return one == other
}

@Suite("SMTP data receiver")
struct SMTPDataReceiverTests {
  static let alphabet: [UInt8] = [
    .carriageReturn, .lineFeed, .ascii("."), .ascii("a"), .nul, 0x80,
  ]

  @Test(
    "cut anywhere, it does what the naive receiver does",
    arguments: BareNewlinePolicy.allCases, [0, 1, 2, 3])
  func againstNaive(policy: BareNewlinePolicy, kind: Int) {
    var random = SplitMix64(seed: UInt64(kind) * 7 + UInt64(policy.rawValue.utf8.count))
    let framing: SMTPDataReceiver.Framing = kind & 1 == 0 ? .dot : .chunks
    for round in 0..<6000 {
      // Mostly newlines and dots; now and then longer runs, that the word-wise search is used.
      let alphabet =
        round % 3 == 0 ? Self.alphabet : Self.alphabet + [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]
      let input = random.octets(from: alphabet, maxCount: round % 50 == 0 ? 300 : 24)
      let limits =
        kind < 2
        ? limits(policy)
        : limits(
          policy, size: Int.random(in: 0...20, using: &random),
          line: Int.random(in: 0...12, using: &random),
          refusesEightBit: Bool.random(using: &random))
      let naive = NaiveDataReceiver(input, framing: framing, limits: limits)
      var pieces: [[UInt8]] = []
      var start = 0
      while start < input.count {
        let end = min(input.count, start + Int.random(in: 1...(1 + round % 9), using: &random))
        pieces.append(Array(input[start..<end]))
        start = end
      }
      let (cut, isLate) = receive(pieces, framing, limits)
      let (whole, _) = receive([input], framing, limits)
      let (octets, _) = receive(input.map { [$0] }, framing, limits)
      guard agree(cut, naive), agree(whole, naive), agree(octets, naive), !isLate else {
        Issue.record(
          "\(input) \(limits) in \(pieces.map(\.count)): \(naive) but \(cut) or \(whole)")
        return
      }
    }
  }

  @Test("every string of five over CR, LF, dot and a letter, cut at every octet")
  func exhaustive() {
    let alphabet: [UInt8] = [.carriageReturn, .lineFeed, .ascii("."), .ascii("a")]
    for policy in BareNewlinePolicy.allCases {
      for number in 0..<1024 {
        let core = (0..<5).map { alphabet[number >> ($0 * 2) & 3] }
        let input = core + [UInt8]("\r\n.\r\n".utf8)
        let naive = NaiveDataReceiver(input, framing: .dot, limits: limits(policy))
        for cut in 0...input.count {
          let pieces = [Array(input[..<cut]), Array(input[cut...])]
          let (result, _) = receive(pieces, .dot, limits(policy))
          guard agree(result, naive) else {
            Issue.record("\(input) cut at \(cut): \(naive) but \(result)")
            return
          }
        }
      }
    }
  }

  @Test("what a client stuffs comes out as it was")
  func inverse() {
    var random = SplitMix64(seed: 4)
    for _ in 0..<2000 {
      let lines = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        random.octets(from: [.ascii("."), .ascii("a"), .nul, 0x80], maxCount: 5)
      }
      let content = lines.flatMap { $0 + [.carriageReturn, .lineFeed] }
      let wire =
        lines.flatMap {
          ($0.first == .ascii(".") ? [.ascii(".")] : []) + $0 + [.carriageReturn, .lineFeed]
        } + [UInt8](".\r\n".utf8)
      let (result, _) = receive([wire], .dot, limits())
      #expect(result.content == content)
      #expect(result.end == wire.count && result.violation == nil)
      #expect(result.lineCount == lines.count && result.byteCount == content.count)
    }
  }

  @Test("nothing behind the end is touched")
  func end() {
    var receiver = SMTPDataReceiver(framing: .dot, limits: limits())
    let input = [UInt8]("a\r\n.\r\n.\r\nQUIT".utf8)
    var position = 0
    #expect(receiver.next(input.span, at: &position) == .content(0..<3))
    #expect(receiver.next(input.span, at: &position) == .end)
    #expect(position == 6)
  }

  @Test(
    "of two causes the first octet counts",
    arguments: [
      ("a\nbcdefghij", limits(size: 5), .bareNewline), ("abcdef\n", limits(size: 5), .tooLarge),
      ("abcde\n", limits(size: 5), .tooLarge), ("abcd\n", limits(size: 5), .bareNewline),
      ("abcdefgh\n", limits(line: 5), .lineTooLong), ("a\nbcdefgh", limits(line: 5), .bareNewline),
      ("abcdefgh", limits(size: 5, line: 6), .tooLarge),
      ("abcdefgh", limits(size: 6, line: 5), .lineTooLong),
      ("ab\u{E9}defgh", limits(size: 5, refusesEightBit: true), .eightBit),
      ("ab\u{E9}d\ngh", limits(refusesEightBit: true), .eightBit),
      ("a\n\u{E9}d\ngh", limits(refusesEightBit: true), .bareNewline),
      ("abcdef\u{E9}", limits(line: 5, refusesEightBit: true), .lineTooLong),
      ("a\u{E9}bcdef", limits(line: 5, refusesEightBit: true), .eightBit),
      ("\n\n\n\n\n\n\n\n", limits(.accept, size: 6, line: 5), .lineTooLong),
    ] as [(String, SMTPDataReceiver.Limits, SMTPDataReceiver.Violation)])
  func firstCause(
    text: String, limits: SMTPDataReceiver.Limits, violation: SMTPDataReceiver.Violation
  ) {
    let input = [UInt8](text.utf8)
    let pieces = [[input], input.map { [$0] }]
    for pieces in pieces {
      #expect(
        receive(pieces + [[UInt8]("\r\n.\r\n".utf8)], .dot, limits).result.violation == violation)
    }
  }

  @Test("a limit holds at its value and breaks one past it", arguments: [1, 2, 10, 998, 65_536])
  func atTheLimit(limit: Int) {
    for extra in 0...1 {
      let input = [UInt8](repeating: .ascii("a"), count: limit + extra)
      let end = [UInt8]("\r\n.\r\n".utf8)
      let size = receive([input + end], .dot, limits(size: limit + 2)).result
      #expect(size.violation == (extra == 0 ? nil : .tooLarge))
      let line = receive([input + end], .dot, limits(line: limit + 2)).result
      #expect(line.violation == (extra == 0 ? nil : .lineTooLong))
      let stuffed = receive([[.ascii(".")] + input + end], .dot, limits(line: limit + 2)).result
      #expect(stuffed.violation == (extra == 0 ? nil : .lineTooLong))
      let chunk = receive([input], .chunks, limits(size: limit)).result
      #expect(chunk.violation == (extra == 0 ? nil : .tooLarge))
    }
  }
}
