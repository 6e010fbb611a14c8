// Domain names in DNS messages (RFC 1035 3.1, 4.1.4), as far as host and service names go: labels of
// letters, digits, hyphen and underscore. A name with any other octet is none of ours.

/// Domain names on the wire.
enum DNSName {
  /// The longest name in octets as the wire has it, the root's included.
  static let maxWireByteCount = 255
  static let maxLabelByteCount = 63
  /// Compression pointers that one name may go through. Each must lead backwards, so there can be no
  /// loop; but a message of 64 KiB has room for a long way.
  static let maxPointerCount = 16

  /// A name without a dot at its end as the wire has it, without compression; nil when it cannot be
  /// one. An empty text is the root.
  static func wire(_ text: some StringProtocol) -> [UInt8]? {
    let name = Array(text.utf8)
    var wire: [UInt8] = []
    if !name.isEmpty {
      for label in name.split(separator: .ascii("."), omittingEmptySubsequences: false) {
        guard (1...maxLabelByteCount).contains(label.count), label.allSatisfy(isNameOctet) else {
          return nil
        }
        wire.append(UInt8(label.count))
        wire += label
      }
    }
    wire.append(0)
    return wire.count <= maxWireByteCount ? wire : nil
  }

  /// Reads a name at `position`, which is then behind it; in lower case, without a dot at the end, so
  /// that the root is empty. Throws `malformed`.
  static func read(_ message: Span<UInt8>, _ position: inout Int) throws(DNSError) -> String {
    var text: [UInt8] = []
    var place = position
    var end: Int?
    var pointerCount = 0
    var wireByteCount = 1
    while true {
      guard place < message.count else { throw .malformed }
      let octet = message[place]
      place += 1
      if octet == 0 {
        position = end ?? place
        return String(decoding: text, as: UTF8.self)
      }
      if octet <= maxLabelByteCount {
        let count = Int(octet)
        wireByteCount += count + 1
        guard message.count - place >= count, wireByteCount <= maxWireByteCount else {
          throw .malformed
        }
        if !text.isEmpty { text.append(.ascii(".")) }
        for index in place..<place + count {
          guard isNameOctet(message[index]) else { throw .malformed }
          text.append(message[index].lowercased)
        }
        place += count
      } else {
        // The kinds 01 and 10 were never in use (RFC 6891 5).
        guard octet >= 0xC0 else { throw .malformed }
        guard place < message.count, pointerCount < maxPointerCount else { throw .malformed }
        pointerCount += 1
        let target = Int(octet & 0x3F) << 8 | Int(message[place])
        // Backwards only: what it points to was read before.
        guard target < place - 1 else { throw .malformed }
        end = end ?? place + 1
        place = target
      }
    }
  }

  /// Goes over a name of any octets, without following pointers. Throws `malformed`.
  static func skip(_ message: Span<UInt8>, _ position: inout Int) throws(DNSError) {
    while true {
      guard position < message.count else { throw .malformed }
      let octet = message[position]
      position += 1
      if octet == 0 { return }
      if octet >= 0xC0 {
        guard position < message.count else { throw .malformed }
        position += 1
        return
      }
      guard octet <= maxLabelByteCount, message.count - position >= Int(octet) else {
        throw .malformed
      }
      position += Int(octet)
    }
  }

  private static func isNameOctet(_ octet: UInt8) -> Bool {
    octet.isAlpha || octet.isDigit || octet == .ascii("-") || octet == .ascii("_")
  }
}
