// The value of `auth=` in OAUTHBEARER and XOAUTH2: an Authorization header's `Bearer token` (RFC
// 6750 2.1).

enum BearerToken {
  /// The longest token, in octets: what a line of an SMTP exchange can carry (RFC 4954 4), and some
  /// are near it.
  static let maxByteCount = 9216

  /// The token behind `Bearer `, a scheme without case; nil when it is anything else.
  static func parse(_ value: ArraySlice<UInt8>) -> SASLSecret? {
    let scheme = Array("bearer ".utf8)
    guard value.prefix(scheme.count).map(\.lowercased) == scheme else { return nil }
    let token = value.dropFirst(scheme.count).drop { $0 == .space }
    guard (1...maxByteCount).contains(token.count),
      token.allSatisfy({ $0 > .space && $0 < 0x7F })
    else { return nil }
    return SASLSecret(Array(token))
  }
}
