// What stands around a message in a file, and between its lines, as MessageAppender and DumpDelivery
// are handed it; and how a message is written with it.

internal import MailProtocols

/// Turns one message that streams by in pieces into what a file holds of it.
protocol MessageFraming {
  /// Appends what stands before the message.
  mutating func begin(_ stamp: MessageStamp, into output: inout [UInt8])
  /// Appends the next piece.
  mutating func append(_ piece: Span<UInt8>, into output: inout [UInt8])
  /// Appends what stands behind the message.
  mutating func finish(into output: inout [UInt8])
}

extension MessageFraming {
  /// Writes the message to the end of `file`, behind `start`, and flushes it as far as asked.
  mutating func write(
    _ spool: MessageSpool, _ stamp: MessageStamp, behind start: [UInt8] = [],
    to file: borrowing FileDescriptor, path: String, durability: DurabilityLevel
  ) throws(SystemError) {
    // What is gathered before it is written: a small message is one write.
    let writeByteCount = 64 * 1024
    var output = start
    begin(stamp, into: &output)
    try spool.forEachPiece { piece throws(SystemError) in
      append(piece.bindMemory(to: UInt8.self).span, into: &output)
      if output.count < writeByteCount { return }
      try file.writeAll(output.span, target: path)
      output.removeAll(keepingCapacity: true)
    }
    finish(into: &output)
    try file.writeAll(output.span, target: path)
    switch durability {
    case .none: break
    case .file, .full: try file.synchronize(path)
    }
  }
}
