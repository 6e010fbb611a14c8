// The content of messages: DATA (RFC 5321 4.1.1.4) and BDAT (RFC 3030). A message that breaks a
// limit is read to its end, thrown away at once, and refused when the end has come.

extension SMTPServerSession {
  mutating func beginContent(framing: SMTPDataReceiver.Framing) -> SMTPServerEffect {
    let takesEightBit: SMTPKeywords = [.eightBitMIME, .smtpUTF8]
    receiver = SMTPDataReceiver(
      framing: framing,
      limits: SMTPDataReceiver.Limits(
        maxByteCount: configuration.maxMessageByteCount,
        maxLineByteCount: isBinary ? 0 : configuration.maxDataLineByteCount,
        bareNewlines: isBinary ? .accept : configuration.bareNewlines,
        refusesEightBit: configuration.keywords.isDisjoint(with: takesEightBit)))
    phase = framing == .dot ? .data : .chunk
    hasOpenMessage = true
    return .beginMessage
  }

  // MARK: - DATA

  mutating func receiveData(_ input: Span<UInt8>, at position: inout Int) -> SMTPServerEffect? {
    guard let event = receiver?.next(input, at: &position) else {
      preconditionFailure("data without a receiver")
    }
    switch event {
    case .content(let range): return .content(range)
    case .carriageReturn: return .carriageReturn
    case .lineEnd: return .lineEnd
    case .end: return endContent()
    case .needsInput: return discardIfViolated() ?? .needsInput
    }
  }

  private var isBinary: Bool { state.envelope?.options.body == .binaryMIME }

  /// Tells of bare newlines where they are not legal (RFC 3030 3).
  private func noteBareNewline() {
    guard let found = receiver?.bareNewline, !isBinary else { return }
    policy.note(.bareNewline(found, configuration.bareNewlines))
  }

  /// The end of the data has come: what is whole and allowed is to be stored. `ownReply` is what the
  /// policy wants said to the last chunk.
  private mutating func endContent(_ ownReply: SMTPReply? = nil) -> SMTPServerEffect? {
    guard let receiver else { preconditionFailure("the end of no data") }
    do throws(SMTPReply) {
      noteBareNewline()
      if let violation = receiver.violation { throw SMTPReply(violation) }
      phase = .command
      if state.isLMTP { return endContentForEach(byteCount: receiver.byteCount, ownReply) }
      let decision = policy.endOfData(byteCount: receiver.byteCount, state)
      guard let reply = try settle(decision, ownReply ?? .ok) else {
        noteCut(.endOfData)
        return nil
      }
      if decision.verb == .drop {
        write(reply)
        return abandonTransaction()
      }
      storedReply = decision.verb == .usual ? ownReply : reply
      phase = .storing
      return .endMessage
    } catch {
      if phase == .data || phase == .chunk { phase = .command }
      refuseMessage(.endOfData, error)
      return abandonTransaction()
    }
  }

  /// Lets go of a message as soon as it is known that it will be refused.
  private mutating func discardIfViolated() -> SMTPServerEffect? {
    receiver?.violation == nil ? nil : discardMessage()
  }

  /// Has what came of a message thrown away, if there is one.
  mutating func discardMessage() -> SMTPServerEffect? {
    guard hasOpenMessage else { return nil }
    hasOpenMessage = false
    return .discardMessage
  }

  // MARK: - BDAT

  mutating func performChunk(
    _ line: Span<UInt8>, _ argumentStart: Int
  ) throws(SMTPReply) -> SMTPServerEffect? {
    let command = try parser.parse(
      .bdat, line, from: argumentStart, isExtended: state.isExtended)
    guard case .bdat(let byteCount, let role) = command else {
      preconditionFailure("BDAT parsed as something else")
    }
    phase = .chunk
    if let refusal = chunkRefusal() ?? (role == .malformed ? .syntax(.bdat) : nil) {
      chunk.swallow(byteCount: byteCount, isLast: role == .last, refusal: refusal)
      return discardMessage()
    }
    let isLast = role == .last
    let isFirst = !chunk.hasBegun
    chunk.begin(byteCount: byteCount, isLast: isLast)
    return isFirst ? beginContent(framing: .chunks) : nil
  }

  private func chunkRefusal() -> SMTPReply? {
    if isRefused { return .noService }
    if !configuration.keywords.contains(.chunking) { return .notImplemented }
    do throws(SMTPReply) {
      try checkSecurity(of: .bdat)
      try checkGreeting()
    } catch { return error }
    guard let envelope = state.envelope else { return .mailFirst }
    if chunk.hasFailed { return .chunksFailed }
    if envelope.recipients.isEmpty { return .recipientFirst }
    return nil
  }

  mutating func receiveChunk(_ input: Span<UInt8>, at position: inout Int) -> SMTPServerEffect? {
    let part = chunk.part(of: input, from: position)
    if !part.isEmpty && chunk.refusal == nil {
      // The receiver sees the chunk alone, so that it cannot read into the command behind it.
      var offset = part.lowerBound
      let visible = input.extracting(0..<part.upperBound)
      guard let event = receiver?.next(visible, at: &offset) else {
        preconditionFailure("a chunk without a receiver")
      }
      chunk.consume(offset - position)
      position = offset
      switch event {
      case .content(let range): return .content(range)
      case .carriageReturn: return .carriageReturn
      case .lineEnd: return .lineEnd
      case .needsInput: return discardIfViolated()
      case .end: preconditionFailure("chunks end by count")
      }
    }
    chunk.consume(part.count)
    position = part.upperBound
    return chunk.remainingByteCount > 0 ? .needsInput : endChunk()
  }

  /// A chunk has come whole.
  private mutating func endChunk() -> SMTPServerEffect? {
    if let refusal = chunk.refusal {
      phase = .command
      if state.envelope != nil { chunk.fail() }
      if chunk.isLast { refuseLastChunk(refusal) } else { refuse(.command(.bdat), refusal) }
      return nil
    }
    if chunk.isLast {
      // A CR that was held back is content now; come here again behind it.
      switch receiver?.finish() {
      case .carriageReturn: return .carriageReturn
      case .lineEnd: return .lineEnd
      case .content, .end, .needsInput, nil: break
      }
      if receiver?.violation != nil { return endContent() }
    }
    phase = .command
    do throws(SMTPReply) {
      if let violation = receiver?.violation { throw SMTPReply(violation) }
      let wasSlow = contentByteRate != nil
      let decision = policy.chunk(byteCount: chunk.byteCount, state)
      // Known now only: the chunk is taken to have come that slowly.
      if let rate = decision.byteRate, !wasSlow {
        hold(for: .milliseconds(Int64(1000 * chunk.byteCount / rate)))
      }
      guard let reply = try settle(decision, .chunkOK(byteCount: chunk.byteCount)) else {
        noteCut(.command(.bdat))
        return nil
      }
      if chunk.isLast {
        return endContent(decision.verb == .usual || decision.verb == .drop ? nil : reply)
      }
      write(reply)
      return nil
    } catch {
      chunk.fail()
      if chunk.isLast {
        refuseMessage(.command(.bdat), error)
      } else {
        refuse(.command(.bdat), error)
      }
      noteBareNewline()
      return discardMessage()
    }
  }
}

extension SMTPReply {
  init(_ violation: SMTPDataReceiver.Violation) {
    self =
      switch violation {
      case .bareNewline: .bareNewlineInData
      case .lineTooLong: .dataLineTooLong
      case .tooLarge: .messageTooLarge
      case .eightBit: .eightBitData
      }
  }
}
