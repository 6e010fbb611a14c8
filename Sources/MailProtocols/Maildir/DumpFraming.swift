// A message in a dump file, octet for octet as Postfix's smtp-sink writes it (its manual, DUMP FILE
// FORMAT): the start text, header fields about the dialogue, the message, an empty line. Unlike an
// mbox it quotes nothing: where one message ends and the next starts is not always to be told.

/// Puts a message that streams by in pieces between what a dump file has around it.
package struct DumpFraming: Sendable {
  /// What all messages of a run have alike.
  package struct Style: Sendable {
    /// What stands before each message.
    package let startText: [UInt8]
    /// The name of this host in the Received field.
    package let hostname: String

    /// A style for one run.
    package init(startText: [UInt8], hostname: String) {
      self.startText = startText
      self.hostname = hostname
    }
  }

  private var endsWithLineFeed = true

  /// A writer before the start of a message.
  package init() {}

  /// Appends what stands before the message.
  ///
  /// No argument of a command can hold a line feed, so that each field is one line.
  /// - Parameter date: as in RFC 5322, in local time.
  package func begin(
    _ dialogue: DumpDialogue, _ style: Style, id: UInt32, date: String, into output: inout [UInt8]
  ) {
    output += style.startText
    Self.field("X-Client-Addr: ", dialogue.clientAddress.utf8, into: &output)
    Self.field("X-Client-Proto: ", dialogue.plainProtocolName.utf8, into: &output)
    if let helo = dialogue.helo { Self.field("X-Helo-Args: ", helo, into: &output) }
    Self.field("X-Mail-Args: ", dialogue.mailArguments, into: &output)
    for arguments in dialogue.recipientArguments {
      Self.field("X-Rcpt-Args: ", arguments, into: &output)
    }
    let address = "[\(dialogue.clientAddress)]"
    Self.field(
      "Received: from ", (dialogue.helo ?? [UInt8](address.utf8)) + " (\(address))".utf8,
      into: &output)
    let name = "\(style.hostname) (smtp-sink)"
    Self.field(
      "\tby ", "\(name) with \(dialogue.plainProtocolName) id \(Self.text(id: id));".utf8,
      into: &output)
    Self.field("\t", date.utf8, into: &output)
  }

  /// Appends the next piece of the message, which is kept as it is.
  package mutating func append(_ piece: Span<UInt8>, into output: inout [UInt8]) {
    if piece.isEmpty { return }
    endsWithLineFeed = piece[piece.count - 1] == .lineFeed
    piece.withUnsafeBufferPointer { output.append(contentsOf: $0) }
  }

  /// Appends the last line's end when it has none, and the empty line.
  package func finish(into output: inout [UInt8]) {
    if !endsWithLineFeed { output.append(.lineFeed) }
    output.append(.lineFeed)
  }

  /// The random part of a name: eight hexadecimal digits in lower case.
  package static func text(id: UInt32) -> String {
    let octets = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: id >> $0) }
    return String(decoding: Hex.encode(octets.span), as: UTF8.self)
  }

  private static func field(
    _ name: StaticString, _ value: some Sequence<UInt8>, into output: inout [UInt8]
  ) {
    output.append(
      contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    output.append(contentsOf: value)
    output.append(.lineFeed)
  }
}
