// The grammar of RFC 5804 section 3 on that of RFC 3986, with what people write: an `@` in the user
// name, characters that should be percent-encoded.

/// Reads one URL.
struct SieveURLParser {
  /// What may follow the user's name behind a semicolon.
  enum Userinfo {
    /// `;AUTH=MECHANISM`.
    case authMechanism
    /// `;AUTH=MECHANISM`, or whom to act as.
    case authzid
  }

  private let octets: [UInt8]
  private let userinfo: Userinfo

  init(_ octets: [UInt8], userinfo: Userinfo) {
    self.octets = octets
    self.userinfo = userinfo
  }

  func parse() throws(SieveURLError) -> SieveURL {
    guard octets.count <= SieveURL.maxByteCount else { throw .tooLong }
    // Nothing that a terminal, a log or a resolver would stumble over, escaped or not.
    guard octets.allSatisfy({ $0 > .space && $0 != 0x7F }) else { throw .character }
    guard let (scheme, rest) = splitScheme() else { throw .scheme }
    let authorityEnd = rest.firstIndex { Self.endsAuthority($0) } ?? rest.endIndex
    // A password may hold a slash that should not be there: it is not to be shown as a path.
    var authority = rest[..<authorityEnd]
    var url = SieveURL(scheme: scheme, host: "")
    if let at = authority.lastIndex(of: .ascii("@")) {
      try parseUserinfo(authority[..<at], into: &url)
      authority = authority[(at + 1)...]
    }
    try parseHost(authority, into: &url)
    try parsePath(rest[authorityEnd...], into: &url)
    return url
  }

  private func splitScheme() -> (SieveURL.Scheme, ArraySlice<UInt8>)? {
    guard let colon = octets.firstIndex(of: .ascii(":")),
      let scheme = SieveURL.Scheme(
        rawValue: String(decoding: octets[..<colon].map(\.lowercased), as: UTF8.self)),
      octets[(colon + 1)...].starts(with: Array("//".utf8))
    else { return nil }
    return (scheme, octets[(colon + 3)...])
  }

  private static func endsAuthority(_ octet: UInt8) -> Bool {
    octet == .ascii("/") || octet == .ascii("?") || octet == .ascii("#")
  }

  private func parseUserinfo(
    _ text: ArraySlice<UInt8>, into url: inout SieveURL
  ) throws(SieveURLError) {
    guard !text.contains(.ascii(":")) else { throw .password }
    let parts = text.split(
      separator: .ascii(";"), maxSplits: 1, omittingEmptySubsequences: false)
    let user = try decodeText(parts[0])
    if parts.count == 2 {
      let auth = Array("AUTH=".utf8)
      if parts[1].prefix(auth.count).map(\.uppercased) == auth {
        let mechanism = try decodeText(parts[1].dropFirst(auth.count))
        guard mechanism == "*" || SASLMechanismName(mechanism) != nil else { throw .userinfo }
        url.mechanism = mechanism
      } else {
        switch userinfo {
        case .authMechanism: throw .userinfo
        case .authzid:
          let authzid = try decodeText(parts[1])
          if !authzid.isEmpty { url.owner = .user(authzid) }
        }
      }
    }
    // `;AUTH=EXTERNAL@host` needs no user.
    guard !user.isEmpty || url.mechanism != nil || url.owner != nil else { throw .userinfo }
    if !user.isEmpty { url.user = user }
  }

  private func parseHost(
    _ text: ArraySlice<UInt8>, into url: inout SieveURL
  ) throws(SieveURLError) {
    var rest = text
    if rest.first == .ascii("[") {
      guard let end = rest.firstIndex(of: .ascii("]")) else { throw .host }
      let address = try decode(rest[(rest.startIndex + 1)..<end])
      guard Self.isAddress(address[...]) else { throw .host }
      url.host = String(decoding: address, as: UTF8.self)
      rest = rest[(end + 1)...]
      guard rest.isEmpty || rest.first == .ascii(":") else { throw .host }
    } else {
      let end = rest.firstIndex(of: .ascii(":")) ?? rest.endIndex
      guard !rest[..<end].isEmpty, rest[..<end].allSatisfy(Self.isHostOctet) else { throw .host }
      url.host = String(decoding: rest[..<end].map(\.lowercased), as: UTF8.self)
      rest = rest[end...]
    }
    guard rest.first == .ascii(":") else { return }
    let digits = rest.dropFirst()
    // `host:` is the default port (RFC 3986 3.2.3).
    if digits.isEmpty { return }
    guard digits.count <= 5, digits.allSatisfy(\.isDigit),
      let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
    else { throw .port }
    url.port = port
  }

  private static func isHostOctet(_ octet: UInt8) -> Bool {
    octet.isAlpha || octet.isDigit || octet == .ascii("-") || octet == .ascii(".")
      || octet == .ascii("_")
  }

  /// Digits, colons and dots, with a zone or not; what it is worth is for the resolver.
  private static func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: .ascii("%"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first, address.contains(.ascii(":")),
      address.allSatisfy({ $0.hexValue != nil || $0 == .ascii(":") || $0 == .ascii(".") })
    else { return false }
    return parts.count == 1 || (!parts[1].isEmpty && parts[1].allSatisfy(isHostOctet))
  }

  private func parsePath(
    _ text: ArraySlice<UInt8>, into url: inout SieveURL
  ) throws(SieveURLError) {
    guard !text.contains(where: { $0 == .ascii("?") || $0 == .ascii("#") }) else {
      throw .character
    }
    guard text.first == .ascii("/") else { return }
    let segments = text.dropFirst().split(
      separator: .ascii("/"), omittingEmptySubsequences: false)
    switch segments.count {
    case 1:
      if !segments[0].isEmpty { url.script = try decode(segments[0]) }
    case 2:
      let owner = try decodeText(segments[0])
      url.owner = owner.isEmpty ? .global : .user(owner)
      // `/owner/` is all of the owner's scripts.
      if !segments[1].isEmpty { url.script = try decode(segments[1]) }
    default:
      throw .path
    }
  }

  // MARK: Percent-encoding

  private func decode(_ text: ArraySlice<UInt8>) throws(SieveURLError) -> [UInt8] {
    var result: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      guard text[index] == .ascii("%") else {
        result.append(text[index])
        index += 1
        continue
      }
      guard index + 2 < text.endIndex, let high = text[index + 1].hexValue,
        let low = text[index + 2].hexValue, high | low != 0
      else { throw .escape }
      result.append(high << 4 | low)
      index += 3
    }
    return result
  }

  private func decodeText(_ text: ArraySlice<UInt8>) throws(SieveURLError) -> String {
    let octets = try decode(text)
    guard octets.span.isWellFormedUTF8 else { throw .notUTF8 }
    return String(decoding: octets, as: UTF8.self)
  }
}
