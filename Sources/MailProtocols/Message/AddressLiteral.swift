// Address literals: an IP address where a domain may stand (RFC 5321 4.1.3).
// Judged as written; no address is made of it.

/// The grammar between the brackets of `[127.0.0.1]`, `[IPv6:2001:db8::1]` and `[tag:content]`.
package enum AddressLiteral {
  /// Whether `text`, without its brackets, is an address literal to the letter of RFC 5321 4.1.3.
  ///
  /// After the tag `IPv6` only an IPv6 address passes; any other tag passes with what it has.
  package static func isValid(_ text: ArraySlice<UInt8>) -> Bool {
    guard let colon = text.firstIndex(of: .ascii(":")) else { return isIPv4(text) }
    let tag = text[..<colon]
    let content = text[(colon + 1)...]
    guard let last = tag.last, last.isLetterOrDigit,
      tag.allSatisfy({ $0.isLetterOrDigit || $0 == .ascii("-") })
    else { return false }
    if tag.elementsEqual("ipv6".utf8, by: { $0.lowercased == $1 }) { return isIPv6(content) }
    return !content.isEmpty && content.allSatisfy(\.isLiteralText)
  }

  /// Four numbers from 0 to 255 of one to three digits.
  private static func isIPv4(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: .ascii("."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy(\.isDigit)
          && part.reduce(0) { $0 * 10 + Int($1 - .ascii("0")) } <= 255
      }
  }

  /// Eight groups, or at most six and one `::`; an IPv4 address at the end counts as two.
  private static func isIPv6(_ text: ArraySlice<UInt8>) -> Bool {
    guard let gap = firstGap(in: text) else { return groupCount(text, mayEndInIPv4: true) == 8 }
    let before = text[..<gap]
    let after = text[(gap + 2)...]
    guard let head = before.isEmpty ? 0 : groupCount(before, mayEndInIPv4: false),
      let tail = after.isEmpty ? 0 : groupCount(after, mayEndInIPv4: true)
    else { return false }
    return head + tail <= 6
  }

  private static func firstGap(in text: ArraySlice<UInt8>) -> Int? {
    text.indices.dropLast().first {
      text[$0] == .ascii(":") && text[$0 + 1] == .ascii(":")
    }
  }

  /// The number of 16-bit groups, or nil when one is malformed.
  private static func groupCount(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> Int? {
    let parts = text.split(separator: .ascii(":"), omittingEmptySubsequences: false)
    var count = 0
    for (index, part) in parts.enumerated() {
      if mayEndInIPv4, index == parts.count - 1, isIPv4(part) {
        count += 2
      } else {
        guard (1...4).contains(part.count), part.allSatisfy({ $0.hexValue != nil }) else {
          return nil
        }
        count += 1
      }
    }
    return count
  }
}
