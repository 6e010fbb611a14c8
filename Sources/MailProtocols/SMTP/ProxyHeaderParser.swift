// Reads a PROXY header of either version from the start of a connection (HAProxy's "The PROXY
// protocol", 2.1 and 2.2), cut wherever it may be. An octet behind the header is never consumed.
//
// It is strict where the text says "must", and where it is silent does what HAProxy and aiosmtpd do.

/// Takes octets until a header is whole. One parser reads one header.
package struct ProxyHeaderParser: Sendable {
  /// Octets of a line of version 1, CRLF included.
  package static let maxLineByteCount = 107
  /// Octets of a header of version 2: what its length field can say.
  package static let maxByteCount = prefixByteCount + 65_535

  /// Octets of version 2 up to and with the length field.
  static let prefixByteCount = 16
  static let signature: [UInt8] = [
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
  ]
  private static let lineStart = [UInt8]("PROXY ".utf8)

  /// What came of the header so far.
  private var header: [UInt8] = []

  package init() {}

  /// Whether nothing has come yet.
  package var isEmpty: Bool { header.isEmpty }

  /// Takes octets of `input` from `position` on, up to the end of the header; nil when more are
  /// needed. Throws as soon as they can no longer become one; the parser is of no use then.
  package mutating func parse(
    _ input: Span<UInt8>, at position: inout Int
  ) throws(ProxyHeaderError) -> ProxyHeader? {
    while position < input.count {
      // What is known of version 2 by now cannot be wrong: the rest is taken at once.
      if header.first == Self.signature[0], let missing = missingByteCount, missing > 0 {
        let end = min(input.count, position + missing)
        header += input.copy(position..<end)
        position = end
        if let found = try finishedBinary() { return found }
        continue
      }
      header.append(input[position])
      position += 1
      if let found = try header[0] == Self.signature[0] ? binary() : line() { return found }
    }
    return nil
  }

  // MARK: - Version 1

  /// Judges a line of version 1 by its last octet.
  private func line() throws(ProxyHeaderError) -> ProxyHeader? {
    let last = header.count - 1
    guard last >= Self.lineStart.count || header[last] == Self.lineStart[last] else {
      throw .notProxy
    }
    guard header[last] == .lineFeed else {
      if header.count == Self.maxLineByteCount { throw .lineTooLong }
      return nil
    }
    guard header[last - 1] == .carriageReturn else { throw .malformedLine }
    let words = header[Self.lineStart.count..<(last - 1)]
      .split(separator: .space, omittingEmptySubsequences: false)
    let isIPv6: Bool
    switch words[0] {
    // What stands behind it is to be ignored (2.1).
    case _ where words[0].elementsEqual("UNKNOWN".utf8): return .versionOne(nil)
    case _ where words[0].elementsEqual("TCP4".utf8): isIPv6 = false
    case _ where words[0].elementsEqual("TCP6".utf8): isIPv6 = true
    default: throw .unknownFamily
    }
    guard words.count == 5, words.allSatisfy({ !$0.isEmpty }) else { throw .malformedLine }
    let route = ProxyInternetRoute(
      source: try address(words[1], isIPv6: isIPv6), port: try port(words[3]),
      destination: try address(words[2], isIPv6: isIPv6), port: try port(words[4]))
    guard let route else { throw .malformedAddress }
    return .versionOne(route)
  }

  private func address(
    _ word: ArraySlice<UInt8>, isIPv6: Bool
  ) throws(ProxyHeaderError) -> IPAddress {
    let text = Array(word)
    let found = isIPv6 ? IPAddress(ipv6: text.span) : IPAddress(ipv4: text.span)
    guard let found else { throw .malformedAddress }
    return found
  }

  private func port(_ word: ArraySlice<UInt8>) throws(ProxyHeaderError) -> UInt16 {
    guard word.count <= 5, word.allSatisfy(\.isDigit), word.first != .ascii("0") || word.count == 1
    else { throw .malformedPort }
    guard let port = UInt16(exactly: word.reduce(0) { $0 * 10 + Int($1 - .ascii("0")) }) else {
      throw .malformedPort
    }
    return port
  }

  // MARK: - Version 2

  /// Octets that the header still lacks; nil before its length is known.
  private var missingByteCount: Int? {
    guard header.count >= Self.prefixByteCount else { return nil }
    let length = Int(header[14]) << 8 | Int(header[15])
    return Self.prefixByteCount + length - header.count
  }

  /// Judges the start of a header of version 2 by its last octet.
  private func binary() throws(ProxyHeaderError) -> ProxyHeader? {
    let last = header.count - 1
    switch last {
    case 0..<Self.signature.count:
      guard header[last] == Self.signature[last] else { throw .notProxy }
    case 12:
      guard header[last] >> 4 == 2 else { throw .unknownVersion }
      guard header[last] & 15 <= 1 else { throw .unknownCommand }
    case 13:
      guard header[last] >> 4 <= 3, header[last] & 15 <= 2 else { throw .unknownProtocol }
    case 15:
      return try finishedBinary()
    default: break
    }
    return nil
  }

  private func finishedBinary() throws(ProxyHeaderError) -> ProxyHeader? {
    guard missingByteCount == 0 else { return nil }
    return try ProxyHeaderReader(header).header()
  }
}
