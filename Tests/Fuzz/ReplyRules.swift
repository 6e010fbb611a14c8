// Fuzz entry: scripted answers, as a file and line by line, held against a few dialogues.

private var parser: ReplyRuleParser {
  ReplyRuleParser { pattern in
    pattern.hasPrefix("!") ? .failure(.init(reason: "no")) : .success { !$0.isEmpty }
  }
}

/// Reads a rule; an error must name a place within it.
private func read(_ text: [UInt8]) -> ReplyRule? {
  do {
    return try parser.parse(text, origin: ReplyRuleOrigin("--reply"))
  } catch {
    precondition((1...text.count + 1).contains(error.column))
    precondition(!error.reason.isEmpty && error.reason.utf8.count < 66_000 * 4)
    precondition(!error.reason.contains("\0"))
    return nil
  }
}

private func check(_ reply: SMTPReply) {
  var wire: [UInt8] = []
  reply.write(to: &wire, withEnhanced: true)
  for line in wire.split(separator: .lineFeed) {
    precondition(line.last == .carriageReturn && line.count <= 511)
    precondition(!line.dropLast().contains(.carriageReturn) && !line.contains(.nul))
  }
}

private func ask(_ rules: [ReplyRule]) {
  var engine = ReplyRuleEngine(rules, maxKeyCount: 2)
  var twin = engine
  for step in 0..<12 {
    for stage in ReplyRuleStage.allCases {
      var subject = ReplyRuleSubject(stage)
      if step > 0 {
        subject.client = .v4(UInt32(step % 3))
        subject.helo = [.ascii("h")]
        subject.sender = []
        subject.recipients = [[.ascii("a") + UInt8(step)], [.ascii("x")]]
        subject.user = [.ascii("u")]
        subject.byteCount = step << step
        subject.isTLS = step.isMultiple(of: 2)
        subject.isAuthenticated = !subject.isTLS
      }
      let time = Duration.milliseconds(step * step * 100)
      let match = engine.match(subject, at: time)
      precondition(twin.match(subject, at: time)?.number == match?.number, "not the same again")
      guard let match else { continue }
      precondition(engine.hasRules(for: stage) && match.rule.scope.includes(stage))
      precondition((1...rules.count).contains(match.number))
      switch match.action.verb {
      case .reply(let reply):
        precondition(reply.code / 100 != 3 || stage == .data || stage == .auth)
        check(reply)
      case .drop: precondition(stage == .endOfData)
      case .close, .reset, .stall, .ok: break
      }
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let octets = [UInt8](UnsafeBufferPointer(start: start, count: count))
  if let rule = read(octets) { ask([rule]) }
  let singles = octets.split(separator: .lineFeed).prefix(64).compactMap { read([UInt8]($0)) }
  ask(singles)
  do {
    let rules = try parser.parseFile(octets, name: "rules.txt")
    for (one, next) in zip(rules, rules.dropFirst()) {
      precondition(one.origin.line! < next.origin.line!)
    }
    ask(Array(rules.prefix(64)))
  } catch {
    let lineCount = octets.count { $0 == .lineFeed } + 1
    precondition((1...lineCount).contains(error.origin.line!))
    precondition((1...octets.count + 1).contains(error.column))
    precondition(error.description.hasPrefix("rules.txt:"))
  }
  return 0
}
