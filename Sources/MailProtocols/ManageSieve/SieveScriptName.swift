// Names of scripts (RFC 5804 1.6). What a server calls a script is kept octet for octet and sent
// back so: Dovecot takes `é` in two spellings for two scripts, and Cyrus 3.6 knows a script whose
// name is not ASCII, or over about 70 octets, by the RFC 2047 words that it lists, and by nothing
// else. Nothing is normalised.

/// A script's name.
package struct SieveScriptName: Hashable, Sendable {
  /// The longest name that is taken from a user, in octets; servers must know 128 characters.
  package static let maxByteCount = 4096
  /// The longest file name that is made of one, in octets.
  package static let maxFileNameByteCount = 255

  /// As it goes over the wire.
  package let wire: [UInt8]

  /// A name as a server lists it, whatever it is.
  package init(wire: [UInt8]) { self.wire = wire }

  /// A name as a user gives it. Throws when RFC 5804 1.6 forbids it.
  package init(_ text: String) throws(SieveScriptNameError) {
    try self.init(octets: Array(text.utf8))
  }

  /// As `init(_:)` for octets, which may not be UTF-8.
  package init(octets: [UInt8]) throws(SieveScriptNameError) {
    try Self.check(octets)
    wire = octets
  }

  /// Whether RFC 5804 1.6 allows the name.
  package var isValid: Bool {
    do throws(SieveScriptNameError) {
      try Self.check(wire)
      return true
    } catch {
      return false
    }
  }

  /// The name for people: encoded words decoded, octets that are no UTF-8 as `\xNN`. It may hold
  /// controls: print it through `EscapedText`.
  package var text: String { decodedWords ?? Self.text(of: wire) }

  /// Whether this is the script a user means who typed `other`: the same octets, or what a server's
  /// encoded words stand for.
  package func isMeant(by other: SieveScriptName) -> Bool {
    wire == other.wire || decodedWords.map { Array($0.utf8) == other.wire } ?? false
  }

  /// Whether letters are spelled as a base and a mark although there is one character for both
  /// (NFD, as macOS writes file names): worth a warning in a name that was typed.
  package var isDecomposed: Bool {
    let scalars = Array(Self.text(of: wire).unicodeScalars)
    for (base, mark) in zip(scalars, scalars.dropFirst()) {
      guard mark.properties.canonicalCombiningClass != .notReordered else { continue }
      if CompatibilityNormalization.normalize([base.value, mark.value]).count == 1 { return true }
    }
    return false
  }

  /// The name of a file for this script; nil for what would be another place, a hidden file, or
  /// none at all: empty, a leading dot, a slash, a control character, over 255 octets.
  package func fileName(suffix: String = "") -> [UInt8]? {
    let name = decodedWords.map { Array($0.utf8) } ?? wire
    let file = name + Array(suffix.utf8)
    guard let first = name.first, first != .ascii("."), !name.contains(.ascii("/")),
      !name.contains(where: \.isControl), file.count <= Self.maxFileNameByteCount
    else { return nil }
    return file
  }

  // MARK: What is in it

  /// What the name stands for when it is encoded words from end to end; nil when it is not.
  private var decodedWords: String? {
    guard wire.starts(with: Array("=?".utf8)), wire.suffix(2).elementsEqual(Array("?=".utf8))
    else { return nil }
    let decoded = EncodedWord.decode(wire.span)
    return decoded.utf8.elementsEqual(wire) ? nil : decoded
  }

  private static func text(of octets: [UInt8]) -> String {
    octets.span.isWellFormedUTF8
      ? String(decoding: octets, as: UTF8.self) : EscapedText.text(octets.span, for: .field)
  }

  private static func check(_ octets: [UInt8]) throws(SieveScriptNameError) {
    guard !octets.isEmpty else { throw .empty }
    guard octets.count <= maxByteCount else { throw .tooLong }
    var position = 0
    while position < octets.count {
      guard let (scalar, count) = octets.span.utf8Scalar(at: position) else { throw .notUTF8 }
      switch scalar.value {
      case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: throw .forbiddenCharacter(scalar.value)
      default: position += count
      }
    }
  }
}

extension SieveScriptName: CustomStringConvertible {
  /// The name, safe for a terminal.
  package var description: String { EscapedText.text(text, for: .terminal) }
}
