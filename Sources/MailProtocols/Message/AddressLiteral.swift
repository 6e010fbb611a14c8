// Address literals: an IP address where a domain may stand (RFC 5321 4.1.3).
// Judged as written; IPAddress has the grammar of the addresses.

/// The grammar between the brackets of `[127.0.0.1]`, `[IPv6:2001:db8::1]` and `[tag:content]`.
package enum AddressLiteral {
  /// Whether `text`, without its brackets, is an address literal to the letter of RFC 5321 4.1.3.
  ///
  /// After the tag `IPv6` only an IPv6 address passes; any other tag passes with what it has.
  package static func isValid(_ text: ArraySlice<UInt8>) -> Bool {
    guard let colon = text.firstIndex(of: .ascii(":")) else {
      return IPAddress(ipv4: text.span, syntax: .mailLiteral) != nil
    }
    let tag = text[..<colon]
    let content = text[(colon + 1)...]
    guard let last = tag.last, last.isLetterOrDigit,
      tag.allSatisfy({ $0.isLetterOrDigit || $0 == .ascii("-") })
    else { return false }
    if tag.elementsEqual("ipv6".utf8, by: { $0.lowercased == $1 }) {
      return IPAddress(ipv6: content.span, syntax: .mailLiteral) != nil
    }
    return !content.isEmpty && content.allSatisfy(\.isLiteralText)
  }
}
