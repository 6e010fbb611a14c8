// One message, from its first octet to the 250: what was received of it, in the form in which it is
// stored, and what events and expectations want to know.

internal import MailIO
internal import MailProtocols

/// A message under way.
final class SinkMessage: SMTPMessageFacts {
  /// What is kept of a message besides the spool; everything costs something.
  struct Interest: Sendable {
    var spool = false
    var header = false
    var body = false
    var digest = false
  }

  private(set) var envelope: SMTPEnvelope
  let clientText: String
  let userText: String?
  let usesTLS: Bool
  private let interest: Interest
  private var spoolWriter: SpoolWriter?
  private(set) var headerCollector: HeaderCollector
  private var digestContext: Digest?
  /// The start of the content, for expectations of bodies.
  private var start: [UInt8] = []
  private let maxStartByteCount: Int
  /// Octets at the start of the spool that are ours.
  private let addedByteCount: Int

  /// Octets of content as received, dots removed.
  private(set) var byteCount = 0
  private(set) var lineCount = 0

  init(
    envelope: SMTPEnvelope, clientText: String, user: String?, usesTLS: Bool,
    interest: Interest, maxHeaderByteCount: Int,
    spool: MessageSpool?, lineEnds: LineEnds
  ) {
    self.envelope = envelope
    self.clientText = clientText
    userText = user
    self.usesTLS = usesTLS
    self.interest = interest
    headerCollector = HeaderCollector(maxCount: maxHeaderByteCount)
    addedByteCount = spool?.byteCount ?? 0
    maxStartByteCount = maxHeaderByteCount + SMTPExpectation.maxBodyByteCount
    spoolWriter = spool.map { SpoolWriter(spool: $0, lineEnds: lineEnds) }
    if interest.digest { digestContext = Digest() }
  }

  /// The next octets of the content.
  func append(_ content: Span<UInt8>) {
    byteCount += content.count
    spoolWriter?.append(content)
    digestContext?.update(content)
    if interest.digest { lineCount += content.count(of: .lineFeed) }
    if interest.header { headerCollector.append(content) }
    if interest.body { keepStart(of: content) }
  }

  /// The content is complete.
  func finish() {
    spoolWriter?.finish()
    headerCollector.finish()
  }

  var spool: MessageSpool? { spoolWriter?.spool }

  /// Under LMTP recipients may be refused after the data: the message is for the others only. What
  /// was added before its content is then made anew, in a spool of the same kind.
  func keepRecipients(
    of envelope: SMTPEnvelope, header makeHeader: () -> [UInt8]?, makeSpool: () -> MessageSpool
  ) throws(SystemError) {
    guard envelope.recipients.count < self.envelope.recipients.count else { return }
    self.envelope = envelope
    guard let old = spool, let header = makeHeader() else { return }
    try old.finish()
    let new = makeSpool()
    new.append(header.span)
    var skipped = 0
    try old.forEachPiece { piece throws(SystemError) in
      let count = min(addedByteCount - skipped, piece.count)
      skipped += count
      new.append(UnsafeRawBufferPointer(rebasing: piece[count...]))
    }
    spoolWriter?.spool = new
  }

  /// SHA-256 of the content as received.
  func digest() -> [UInt8]? { digestContext?.finish() }

  /// The first field of this name, decoded and safe to print; nil when there is none.
  func fieldText(_ name: String) -> String? {
    headerCollector.firstField(name).map { EncodedWord.decode($0.span) }
  }

  private func keepStart(of content: Span<UInt8>) {
    let count = min(content.count, maxStartByteCount - start.count)
    if count > 0 { start += content.copy(0..<count) }
  }

  // MARK: SMTPMessageFacts

  var sender: [UInt8] { envelope.sender.address }
  var recipients: [[UInt8]] { envelope.recipients.map(\.path.address) }
  var user: [UInt8]? { userText.map { [UInt8]($0.utf8) } }
  var client: [UInt8] { [UInt8](clientText.utf8) }

  var body: [UInt8] {
    var position = 0
    // The body is behind the first empty line, which may be the first line of all.
    while position < start.count {
      let lineStart = position
      while position < start.count && start[position] != .lineFeed { position += 1 }
      position += 1
      let lineByteCount = position - 1 - lineStart
      if lineByteCount == 0 || (lineByteCount == 1 && start[lineStart] == .carriageReturn) {
        return [UInt8](start.dropFirst(position).prefix(SMTPExpectation.maxBodyByteCount))
      }
    }
    return []
  }

  func header(_ name: String) -> [[UInt8]] {
    headerCollector.fields(named: name).map { [UInt8](EncodedWord.decode($0.span).utf8) }
  }
}

/// Content into the spool, in the line ends that stores want.
private struct SpoolWriter {
  var spool: MessageSpool
  private var converter: LineEndConverter?
  private var converted: [UInt8] = []

  init(spool: MessageSpool, lineEnds: LineEnds) {
    self.spool = spool
    converter = lineEnds == .lf ? LineEndConverter() : nil
  }

  mutating func append(_ content: Span<UInt8>) {
    guard converter != nil else { return spool.append(content) }
    converted.removeAll(keepingCapacity: true)
    converter?.convert(content, into: &converted)
    spool.append(converted.span)
  }

  mutating func finish() {
    guard converter != nil else { return }
    converted.removeAll(keepingCapacity: true)
    converter?.finish(into: &converted)
    spool.append(converted.span)
    converted = []
  }
}
