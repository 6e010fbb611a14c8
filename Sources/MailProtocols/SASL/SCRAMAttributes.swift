// The attributes of a SCRAM message (RFC 5802 5.1, 7): `x=value` with commas between. Order is
// fixed and none comes twice; extensions have their place and are ignored, but for `m=`, which says
// that they must not be.

/// The attributes of one message, in order.
struct SCRAMAttributes {
  private var rest: ArraySlice<(name: UInt8, value: ArraySlice<UInt8>)>

  /// Letters with a meaning; they cannot be extensions.
  private static let known = Set("anrcsipvem".utf8)

  /// Splits a message; nil when it is not `x=value,x=value`, is too long, or has an attribute
  /// twice.
  init?(_ message: ArraySlice<UInt8>) {
    guard message.count <= SCRAMLimits.maxMessageByteCount else { return nil }
    let fields = message.split(separator: .ascii(","), omittingEmptySubsequences: false)
    guard fields.count <= SCRAMLimits.maxAttributeCount else { return nil }
    var attributes: [(name: UInt8, value: ArraySlice<UInt8>)] = []
    for field in fields {
      guard field.count > 2, let name = field.first, name.isAlpha,
        field[field.startIndex + 1] == .ascii("="), !field.contains(.nul),
        !attributes.contains(where: { $0.name == name })
      else { return nil }
      attributes.append((name, field.dropFirst(2)))
    }
    rest = attributes[...]
  }

  /// The value of the next attribute when it has this name; nil, and nothing taken, otherwise.
  mutating func take(_ name: Unicode.Scalar) -> ArraySlice<UInt8>? {
    guard rest.first?.name == .ascii(name) else { return nil }
    return rest.popFirst()?.value
  }

  /// Whether all attributes have been taken.
  var isAtEnd: Bool { rest.isEmpty }

  /// Whether the next attribute is the mark of a mandatory extension.
  var beginsWithMandatoryExtension: Bool { rest.first?.name == .ascii("m") }

  /// Skips extensions; whether only they were left.
  mutating func skipExtensions() -> Bool {
    rest = rest.drop { !Self.known.contains($0.name) }
    return rest.isEmpty
  }

  /// A nonce, or a part of one: 1 to `maxNonceByteCount` visible ASCII characters without comma.
  static func isNonce(_ value: some Collection<UInt8>) -> Bool {
    (1...SCRAMLimits.maxNonceByteCount).contains(value.count)
      && value.allSatisfy { $0 > .space && $0 < 0x7F && $0 != .ascii(",") }
  }
}
