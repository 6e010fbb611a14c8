// The GS2 header that begins a message of SCRAM (RFC 5802 7) and of OAUTHBEARER (RFC 7628 3.1):
// channel binding flag and authorization identity. Names in it are escaped (saslname): `,` is `=2C`
// and `=` is `=3D`.

/// A GS2 header.
struct GS2Header: Equatable, Sendable {
  /// The flag about channel binding.
  enum Flag: Equatable, Sendable {
    /// `n`: the client does not bind.
    case unavailable
    /// `y`: the client could, and thinks the server cannot.
    case unadvertised
    /// `p=`: the client binds.
    case bound(SASLChannelBinding.Kind)
  }

  let flag: Flag
  /// UTF-8, not empty, unescaped.
  let authzid: [UInt8]?

  /// The header as it is sent, with its last comma.
  var wire: [UInt8] {
    var result: [UInt8] =
      switch flag {
      case .unavailable: Array("n,".utf8)
      case .unadvertised: Array("y,".utf8)
      case .bound(let kind): Array("p=\(kind.rawValue),".utf8)
      }
    if let authzid { result += Array("a=".utf8) + Self.escape(authzid) }
    result.append(.ascii(","))
    return result
  }

  init(flag: Flag, authzid: [UInt8]?) {
    self.flag = flag
    self.authzid = authzid
  }

  /// Takes a header off the front of a message and gives what is behind it.
  static func parse(
    _ message: [UInt8]
  ) throws(SCRAMServerError) -> (header: GS2Header, rest: ArraySlice<UInt8>) {
    let fields = message.split(
      separator: .ascii(","), maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { throw .invalidEncoding }
    return (
      GS2Header(flag: try parseFlag(fields[0]), authzid: try parseAuthzid(fields[1])), fields[2]
    )
  }

  private static func parseFlag(_ field: ArraySlice<UInt8>) throws(SCRAMServerError) -> Flag {
    if field.elementsEqual("n".utf8) { return .unavailable }
    if field.elementsEqual("y".utf8) { return .unadvertised }
    guard field.starts(with: "p=".utf8) else { throw .invalidEncoding }
    let kind = SASLChannelBinding.Kind(
      rawValue: String(decoding: field.dropFirst(2), as: UTF8.self))
    guard let kind else { throw .unsupportedChannelBindingType }
    return .bound(kind)
  }

  private static func parseAuthzid(_ field: ArraySlice<UInt8>) throws(SCRAMServerError) -> [UInt8]?
  {
    if field.isEmpty { return nil }
    guard field.starts(with: "a=".utf8), let name = unescape(field.dropFirst(2)) else {
      throw .invalidEncoding
    }
    return name
  }

  // MARK: saslname

  /// `,` becomes `=2C`, `=` becomes `=3D`.
  static func escape(_ name: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(name.count)
    for byte in name {
      switch byte {
      case .ascii(","): result += Array("=2C".utf8)
      case .ascii("="): result += Array("=3D".utf8)
      default: result.append(byte)
      }
    }
    return result
  }

  /// The name, or nil when it is empty, has another escape, a comma or a NUL.
  static func unescape(_ field: ArraySlice<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var rest = field
    while let byte = rest.popFirst() {
      switch byte {
      case .nul, .ascii(","): return nil
      case .ascii("="):
        if rest.starts(with: "2C".utf8) {
          result.append(.ascii(","))
        } else if rest.starts(with: "3D".utf8) {
          result.append(.ascii("="))
        } else {
          return nil
        }
        rest = rest.dropFirst(2)
      default: result.append(byte)
      }
    }
    return result.isEmpty ? nil : result
  }
}
