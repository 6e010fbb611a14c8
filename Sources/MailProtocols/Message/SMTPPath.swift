// The reverse-path of MAIL and the forward-path of RCPT, as a value (RFC 5321 4.1.2, RFC 6531).
// Made by SMTPPathParser alone, so it never holds a control character or ill-formed UTF-8.
// It says nothing of whether the mailbox exists, and folds no case.

/// The address in a MAIL or RCPT command: `<>`, `<Postmaster>` or a mailbox.
///
/// Two paths are equal when they were written alike; to compare mailboxes compare `address`.
package struct SMTPPath: Equatable, Hashable, Sendable {
  /// The octets between the brackets (or of the bare path) as they came: source route, quotes
  /// and comments are kept. Empty for `<>`.
  package let raw: [UInt8]

  /// The mailbox in one spelling: the local part quoted only where it must be, no source route,
  /// no comments, no spaces. Empty for `<>`, without `@` when there is no domain.
  package let address: [UInt8]

  /// Whether an octet over 127 stands anywhere in `raw`, which takes SMTPUTF8 (RFC 6531 3.4).
  package let hasNonASCII: Bool

  /// Where the local part ends in `address`: at the `@` before the domain, or at the end.
  private let localEnd: Int

  /// The null reverse-path `<>` (RFC 5321 4.5.5).
  package static let null = SMTPPath(plain: [], at: 0)

  /// Whether this is `<>`.
  package var isNull: Bool { address.isEmpty }

  /// The local part with quotes and backslashes taken off, comments dropped. It may be empty for
  /// `""@domain`, and hold spaces and `@`.
  package var localPart: [UInt8] {
    guard address.first == .ascii("\"") else { return [UInt8](address[..<localEnd]) }
    var text: [UInt8] = []
    var isEscaped = false
    for octet in address[1..<localEnd - 1] {
      isEscaped = octet == .ascii("\\") && !isEscaped
      if !isEscaped { text.append(octet) }
    }
    return text
  }

  /// The domain without its `@`; a literal keeps its brackets. Empty for `<>`, `<Postmaster>` and
  /// a local part alone.
  package var domain: [UInt8] { [UInt8](address[min(localEnd + 1, address.count)...]) }

  /// A path that is its own canonical form, in ASCII: the local part ends at `localEnd`.
  init(plain raw: [UInt8], at localEnd: Int) {
    self.raw = raw
    self.address = raw
    self.hasNonASCII = false
    self.localEnd = localEnd
  }

  /// A path from its parts, already judged: `localPart` unquoted, `domain` empty when there is
  /// none.
  init(raw: [UInt8], localPart: [UInt8], domain: [UInt8]) {
    var address: [UInt8] = []
    address.reserveCapacity(localPart.count + domain.count + 3)
    if Self.isDotString(localPart) {
      address += localPart
    } else {
      address.append(.ascii("\""))
      for octet in localPart {
        if octet == .ascii("\"") || octet == .ascii("\\") { address.append(.ascii("\\")) }
        address.append(octet)
      }
      address.append(.ascii("\""))
    }
    self.localEnd = address.count
    if !domain.isEmpty {
      address.append(.ascii("@"))
      address += domain
    }
    self.raw = raw
    self.address = address == raw ? raw : address
    self.hasNonASCII = raw.contains { $0 >= 0x80 }
  }

  /// Whether the local part needs no quotes: atoms with single dots between them.
  private static func isDotString(_ localPart: [UInt8]) -> Bool {
    var isAfterAtom = false
    for octet in localPart {
      if octet == .ascii(".") {
        guard isAfterAtom else { return false }
        isAfterAtom = false
      } else {
        guard octet.isAtomText || octet >= 0x80 else { return false }
        isAfterAtom = true
      }
    }
    return isAfterAtom
  }
}
