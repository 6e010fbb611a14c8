// The name of a folder for a value that a client has chosen, an address say: whatever it holds, the
// name is one component of a path, and two values have two names.
//
// Letters, digits and `@ . _ + - =` stand for themselves, any other octet is `%XX`; so is the first
// one when it is `. @ -`. A name that would be too long is cut, and `%-` and a digest end it.

/// The name of a folder: never empty, `.`, `..` or hidden, without a slash, 255 octets at most.
package struct MaildirFolderName: Hashable, Sendable {
  /// Octets of a name (NAME_MAX of the file systems of Linux).
  package static let maxByteCount = 255
  /// Octets of the digest in the name of a value whose own name would be too long.
  package static let digestByteCount = 16

  /// The name in ASCII.
  package let text: String

  /// For mail with the null sender. No value has this name, nor those below.
  package static let nullSender = MaildirFolderName(unescaped: "@null")
  /// For mail of a client that has not logged in.
  package static let anonymous = MaildirFolderName(unescaped: "@anonymous")
  /// For a recipient without a domain.
  package static let noDomain = MaildirFolderName(unescaped: "@nodomain")
  /// For a value of no octets.
  package static let empty = MaildirFolderName(unescaped: "@empty")

  private init(unescaped text: String) { self.text = text }

  /// The name for a value.
  /// - Parameter digest: a cryptographic digest of 16 octets or more, asked for a long value only.
  package init(_ value: [UInt8], digest: ([UInt8]) -> [UInt8]) {
    guard !value.isEmpty else {
      self = .empty
      return
    }
    var name: [UInt8] = []
    for (index, octet) in value.enumerated() where name.count <= Self.maxByteCount {
      if Self.isPlain(octet, isFirst: index == 0) {
        name.append(octet)
      } else {
        name += [.ascii("%"), Hex.upperDigit(octet >> 4), Hex.upperDigit(octet & 15)]
      }
    }
    if name.count > Self.maxByteCount {
      let end =
        [.ascii("%"), .ascii("-")]
        + Hex.encode([UInt8](digest(value)[..<Self.digestByteCount]).span)
      name = name[..<(Self.maxByteCount - end.count)] + end
    }
    text = String(decoding: name, as: UTF8.self)
  }

  /// The value that has this name; nil for a name that is cut or stands for no value.
  package var value: [UInt8]? {
    guard !text.hasPrefix("@") else { return nil }
    var value: [UInt8] = []
    var rest = [UInt8](text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == .ascii("%") else {
        value.append(octet)
        continue
      }
      guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else {
        return nil
      }
      value.append(high << 4 | low)
    }
    return value
  }

  private static func isPlain(_ octet: UInt8, isFirst: Bool) -> Bool {
    switch octet {
    case .ascii("."), .ascii("@"), .ascii("-"): !isFirst
    case .ascii("_"), .ascii("+"), .ascii("="): true
    default: octet.isAlpha || octet.isDigit
    }
  }
}
