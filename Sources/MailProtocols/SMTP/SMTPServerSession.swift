// One SMTP dialogue as the server sees it (RFC 5321), without socket, clock or thread: octets in,
// effects and output out. The way of a command: `receive` finds the line, `perform` judges it
// (SMTPServerSession+Commands), content goes through SMTPServerSession+Content.
//
// What LMTP has of its own is in SMTPServerSession+LMTP.

/// The server side of an SMTP dialogue.
package struct SMTPServerSession {
  let setup: SMTPServerSetup
  package let policy: any SMTPServerPolicy
  /// What the client has said of itself so far.
  package internal(set) var state: SMTPSessionState
  /// Replies to be sent; whoever sends them empties it.
  package var output: [UInt8] = []

  /// Octets of replies after which a client that pipelines has to read some.
  private static let maxOutputByteCount = 16_384

  var phase = Phase.command
  /// The start of a command line whose end has not come yet, and how long that line is in all.
  private var line: [UInt8] = []
  private var lineByteCount = 0

  var unknownCommandCount = 0
  var callCounts: [SMTPVerb: Int] = [:]

  var receiver: SMTPDataReceiver?
  var chunk = SMTPChunkReceiver()
  /// Whether the policy refused the client when it connected: nothing is done for it then but QUIT
  /// (RFC 5321 3.1).
  var isRefused = false
  /// Whether `beginMessage` was told and neither `endMessage` nor `discardMessage` since.
  var hasOpenMessage = false
  /// The AUTH exchange under way.
  var exchange: SASLServerExchange?
  /// Octets of the input behind the line that is performed.
  var followingByteCount = 0
  /// Whether the input since this was last set to false held what a client sent for AUTH: who owns
  /// the buffer wipes it.
  package var holdsSecretInput = false
  /// Whether AUTH was refused last: a client that has not noticed goes on with its secrets, in lines
  /// that are no commands.
  private var followsRefusedAuth = false
  /// What the policy wants said when the message is stored.
  var storedReply: SMTPReply?
  /// Replies that wait, each behind its delay.
  var heldReplies: [HeldReplies] = []
  /// Octets a second at which content is read: of every message, and of this one.
  var sessionByteRate: Int?
  package internal(set) var contentByteRate: Int?
  /// Where a policy had the connection end without a reply, once that is noted.
  var cutStage: SMTPStage?
  /// Whether a policy wants no reply to what came last, and that is not noted yet.
  var isCutUntold = false
  /// Under LMTP, what each recipient of the message is answered when it is stored.
  var recipientReplies: LMTPRecipientReplies?
  /// How long each of these waits.
  var recipientDelays: [Duration] = []

  enum Phase: Equatable {
    case command
    /// Behind 354.
    case data
    /// Inside a chunk of BDAT.
    case chunk
    /// `endMessage` was told.
    case storing
    /// Behind a challenge of AUTH.
    case authenticating
    /// Behind the 220 to STARTTLS.
    case startingTLS
    /// Silent for good, though the connection is open.
    case stalled
    /// Over, and why; effects that are still due come first.
    case closed(SMTPCloseReason)
  }

  package init(setup: SMTPServerSetup, policy: any SMTPServerPolicy) {
    self.setup = setup
    self.policy = policy
    state = SMTPSessionState(isLMTP: setup.configuration.dialect == .lmtp)
  }

  /// For a session alone; a server has one setup for all.
  package init(configuration: SMTPServerConfiguration, policy: any SMTPServerPolicy) {
    self.init(setup: SMTPServerSetup(configuration), policy: policy)
  }

  package var configuration: SMTPServerConfiguration { setup.configuration }
  var parser: SMTPCommandParser { setup.parser }
  private var maxLineByteCount: Int { setup.maxLineByteCount }

  /// Whether the client is inside a transaction: MAIL was accepted and the message is not done.
  package var isInTransaction: Bool { state.envelope != nil }

  /// Whether the next octets are those of a TLS handshake.
  package var isStartingTLS: Bool { phase == .startingTLS }

  /// Messages that were answered with 250.
  package var messageCount: Int { state.messageCount }

  /// Whether a message has begun that is neither handed over for storing nor thrown away.
  package var hasUnfinishedMessage: Bool { hasOpenMessage }

  /// Octets of the message that a connection lost now cuts short, also of one that would have been
  /// refused; nil when it cuts none.
  package var abortedByteCount: Int? {
    switch phase {
    case .data, .storing: receiver?.byteCount ?? 0
    case .chunk: chunk.refusal == nil ? receiver?.byteCount : nil
    case .command, .authenticating, .startingTLS, .stalled, .closed:
      hasOpenMessage ? receiver?.byteCount : nil
    }
  }

  /// Whether the next octets are content.
  package var isReceivingContent: Bool { phase == .data || phase == .chunk }

  /// The stage at which a lost connection cuts the dialogue, as events name it.
  package var stageName: String {
    switch phase {
    case .data: "data"
    case .chunk: "bdat"
    case .storing: "."
    case .authenticating: "auth"
    case .startingTLS: "starttls"
    case .command, .stalled, .closed: cutStage?.name ?? (hasOpenMessage ? "bdat" : "command")
    }
  }

  // MARK: - Driving it

  /// Greets the client. Call it once, first.
  package mutating func open() -> SMTPServerEffect {
    greet()
    var position = 0
    return receive([UInt8]().span, at: &position)
  }

  mutating func greet() {
    var stage = SMTPStage.connect
    do throws(SMTPReply) {
      if let header = state.proxy, state.xclient == nil {
        stage = .proxy
        guard try settle(policy.proxy(header, state), greeting) != nil else {
          return noteCut(stage)
        }
      }
      stage = .connect
      if let reply = try settle(policy.connect(), greeting) {
        write(reply)
      } else {
        noteCut(stage)
      }
    } catch {
      refuse(stage, error)
      isRefused = true
    }
  }

  /// Takes what the client sent from `position` on, up to the next effect. Call it with the same
  /// input until it answers `needsInput`, `stall` or `close`; by then all of the input is consumed.
  package mutating func receive(
    _ input: Span<UInt8>, at position: inout Int
  ) -> SMTPServerEffect {
    while true {
      if let held = heldReplies.first { return .delay(held.delay) }
      switch phase {
      case .command, .authenticating:
        guard position < input.count else { return .needsInput }
        guard output.count < Self.maxOutputByteCount else { return .flush }
        if let effect = receiveLine(input, at: &position) { return effect }
      case .data:
        if let effect = receiveData(input, at: &position) { return effect }
      case .chunk:
        if let effect = receiveChunk(input, at: &position) { return effect }
      case .storing:
        return .endMessage
      case .startingTLS:
        return .startTLS
      case .stalled:
        position = input.count
        return .stall
      case .closed(let reason):
        position = input.count
        return .close(reason)
      }
    }
  }

  /// The answer to `endMessage`: 2yz when the message is stored, 4yz or 5yz when it is not; 421
  /// also ends the session, for the reason given. Under LMTP it is that of each recipient not refused
  /// before.
  package mutating func finishMessage(
    _ reply: SMTPReply, closing reason: SMTPCloseReason = .limit
  ) {
    precondition(phase == .storing, "no message to finish")
    phase = reply.code == 421 ? .closed(reason) : .command
    hasOpenMessage = false
    if !reply.isNegative { state.messageCount += 1 }
    if let recipientReplies {
      phase = finishForEach(recipientReplies, stored: reply, closing: reason)
    } else if reply.isNegative {
      refuse(.endOfData, reply)
    } else {
      write(storedReply ?? reply)
    }
    resetTransaction()
  }

  /// Ends the dialogue from our side: the client was silent for too long, or we go down.
  package mutating func end(_ reason: SMTPCloseReason) {
    while isDelayed { endDelay() }
    switch reason {
    case .timeout: write(.timedOut)
    case .drain: write(.shuttingDown)
    case .quit, .limit, .rule, .reset: break
    }
    phase = .closed(reason)
  }

  // MARK: - Lines

  /// Finds the next command line and performs it; nil to go on.
  private mutating func receiveLine(
    _ input: Span<UInt8>, at position: inout Int
  ) -> SMTPServerEffect? {
    let start = position
    var end = start
    while end < input.count && input[end] != .lineFeed { end += 1 }
    let hasEnd = end < input.count
    position = hasEnd ? end + 1 : end
    followingByteCount = input.count - position

    if line.isEmpty && hasEnd {
      let isTooLong = position - start > maxLineByteCount
      return performLine(
        input.extracting(start..<min(end, start + maxLineByteCount)),
        wireByteCount: position - start, isCut: isTooLong)
    }
    lineByteCount += position - start
    let room = maxLineByteCount - line.count
    if room > 0 { line += input.copy(start..<min(end, start + room)) }
    guard hasEnd else { return .needsInput }
    var whole = line
    let wireByteCount = lineByteCount
    line = []
    lineByteCount = 0
    let effect = performLine(
      whole.span, wireByteCount: wireByteCount, isCut: wireByteCount > maxLineByteCount)
    if holdsSecretInput { SASLSecret.wipe(&whole) }
    return effect
  }

  /// Judges the framing of a line (without its LF), then has it performed.
  private mutating func performLine(
    _ wire: Span<UInt8>, wireByteCount: Int, isCut: Bool
  ) -> SMTPServerEffect? {
    state.commandCount += 1
    let endsWithCRLF = wire.count > 0 && wire[wire.count - 1] == .carriageReturn
    let line = endsWithCRLF && !isCut ? wire.extracting(0..<(wire.count - 1)) : wire
    let parsed = phase == .authenticating ? nil : SMTPVerb.parse(line)
    if let parsed, parsed.verb != .auth { followsRefusedAuth = false }
    // A line that only starts like AUTH may be one with a slip of the hand, secret and all.
    let isSecret =
      phase == .authenticating || Self.startsLikeAuth(line) || parsed == nil && followsRefusedAuth
    if isSecret { holdsSecretInput = true }
    if isSecret {
      let masked = masked(line, parsed?.argumentStart)
      policy.received(masked.span)
    } else {
      policy.received(line)
    }
    do throws(SMTPReply) {
      if phase == .authenticating {
        guard isCut || endsWithCRLF || configuration.bareNewlines != .reject else {
          abandonExchange()
          throw .bareLineFeed
        }
        let effect = try answerChallenge(
          line, isTooLong: isCut || line.count > configuration.maxAuthLineByteCount)
        if isCutUntold { noteCut(line, isSecret: true) }
        return effect
      }
      guard !isCut, wireByteCount <= configuration.maxByteCount(of: parsed?.verb) else {
        throw .lineTooLong
      }
      guard endsWithCRLF || configuration.bareNewlines != .reject else { throw .bareLineFeed }
      for index in 0..<line.count where line[index] == .nul || line[index] == .carriageReturn {
        throw .controlInLine
      }
      guard line.count > 0 else { throw .badSyntax }
      // A chunk has to be swallowed even where it is refused: BDAT asks for itself.
      if parsed?.verb != .bdat { try checkSecurity(of: parsed?.verb) }
      let effect =
        if let parsed {
          try perform(parsed.verb, line, argumentStart: parsed.argumentStart)
        } else {
          try performUnknown(line)
        }
      if isCutUntold { noteCut(line, isSecret: isSecret) }
      return effect
    } catch {
      if isSecret { followsRefusedAuth = true }
      refuse(line, error, isSecret: isSecret)
      if case .closed = phase { return nil }
      guard error.code == 421 || error == .tooManyUnknown else { return nil }
      phase = .closed(.limit)
      return nil
    }
  }

  // MARK: - Replies

  private var greeting: SMTPReply {
    SMTPReply(
      220, nil,
      SMTPReplyText("\(configuration.hostname.text) \(configuration.greeting.text)")
        ?? configuration.hostname)
  }

  mutating func write(_ reply: SMTPReply) {
    let withEnhanced =
      state.isExtended && configuration.keywords.contains(.enhancedStatusCodes)
    if heldReplies.isEmpty {
      reply.write(to: &output, withEnhanced: withEnhanced)
    } else {
      reply.write(to: &heldReplies[heldReplies.count - 1].output, withEnhanced: withEnhanced)
    }
  }

  /// Answers a command line with a refusal, and lets the policy know.
  private mutating func refuse(_ line: Span<UInt8>, _ reply: SMTPReply, isSecret: Bool) {
    write(reply)
    let (stage, command) = Self.noted(line, isSecret: isSecret)
    policy.note(.rejected(stage: stage, command: command, reply: reply))
  }

  private mutating func noteCut(_ line: Span<UInt8>, isSecret: Bool) {
    let (stage, command) = Self.noted(line, isSecret: isSecret)
    noteCut(stage, command)
  }

  /// A line as notes tell it.
  private static func noted(
    _ line: Span<UInt8>, isSecret: Bool
  ) -> (stage: SMTPStage, command: [UInt8]) {
    if isSecret { return (.command(.auth), [UInt8]("AUTH".utf8)) }
    let stage = SMTPVerb.parse(line).map { SMTPStage.command($0.verb) } ?? .unknownCommand
    return (stage, line.copy(0..<line.count))
  }

  private static func startsLikeAuth(_ line: Span<UInt8>) -> Bool {
    let word: StaticString = "AUTH"
    var start = 0
    while start < line.count && line[start].isBlank { start += 1 }
    guard line.count - start >= word.utf8CodeUnitCount else { return false }
    for index in 0..<word.utf8CodeUnitCount
    where line[start + index].uppercased != word.utf8Start[index] { return false }
    return true
  }

  /// A line of AUTH as traces show it: the mechanism, and that there was something. A word that is
  /// no mechanism known here may be a secret in the wrong place.
  private func masked(_ line: Span<UInt8>, _ argumentStart: Int?) -> [UInt8] {
    let mask = [UInt8]("[secret]".utf8)
    guard let argumentStart else {
      return line.count == 1 && line[0] == .ascii("*") ? [.ascii("*")] : mask
    }
    var start = argumentStart
    while start < line.count && line[start].isBlank { start += 1 }
    if start == line.count { return line.copy(0..<argumentStart) }
    var end = start
    while end < line.count && !line[end].isBlank { end += 1 }
    guard let name = SASLMechanismName(String(decoding: line.copy(start..<end), as: UTF8.self)),
      SASLServerRegistry.standard[name] != nil
        || policy.mechanisms(state).contains(where: { $0.name == name })
    else { return line.copy(0..<start) + mask }
    return line.copy(0..<end) + (end < line.count ? [.space] + mask : [])
  }

  /// Answers something that is no line with a refusal, and lets the policy know.
  mutating func refuse(_ stage: SMTPStage, _ reply: SMTPReply) {
    write(reply)
    policy.note(.rejected(stage: stage, command: [], reply: reply))
  }

  mutating func resetTransaction() {
    state.envelope = nil
    state.xforward = nil
    receiver = nil
    chunk = SMTPChunkReceiver()
    storedReply = nil
    contentByteRate = sessionByteRate
    recipientReplies = nil
  }
}
