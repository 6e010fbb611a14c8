// Commands as octets (RFC 5804 1.6, 2 and 4), and as lines for a trace. A string is quoted only
// where every server reads it alike: printable ASCII, at most 1024 octets. Everything else goes as
// a literal `{n+}`: Dovecot 2.3 and Cyrus 3.6 lose step at CR LF in quotes, Cyrus refuses octets
// over 127 there. Scripts are always literals.

/// Writes commands.
package struct SieveCommandWriter: Sendable {
  /// The longest quoted string, in octets (RFC 5804 4).
  package static let maxQuotedByteCount = 1024

  /// What was written.
  package private(set) var wire: [UInt8] = []

  /// A writer that has written nothing.
  package init() {}

  /// What was written, which is then gone from here.
  package mutating func take() -> [UInt8] {
    defer { wire = [] }
    return wire
  }

  /// Overwrites what was written: it may hold a password.
  package mutating func wipe() { SASLSecret.wipe(&wire) }

  /// Appends a command.
  package mutating func write(_ command: SieveCommand) {
    if case .raw(let raw) = command {
      wire += raw.octets
    } else {
      wire += command.verb.rawValue.utf8
    }
    switch command {
    case .startTLS, .logout, .capability, .listScripts, .unauthenticate, .raw: break
    case .authenticate(let mechanism, let response):
      writeArgument(Array(mechanism.text.utf8))
      if let response { writeArgument(Base64.encode(response.span)) }
    case .haveSpace(let name, let byteCount):
      writeArgument(name.wire)
      wire += " \(byteCount)".utf8
    case .putScript(let name, let script):
      writeArgument(name.wire)
      writeLiteral(script)
    case .setActive(let name): writeArgument(name?.wire ?? [])
    case .getScript(let name), .deleteScript(let name): writeArgument(name.wire)
    case .renameScript(let name, let newName):
      writeArgument(name.wire)
      writeArgument(newName.wire)
    case .checkScript(let script): writeLiteral(script)
    case .noOperation(let tag): if let tag { writeArgument(tag) }
    }
    writeLineEnd()
  }

  /// Appends the answer to a challenge.
  package mutating func writeResponse(_ response: [UInt8]) {
    writeString(Base64.encode(response.span))
    writeLineEnd()
  }

  /// Appends what ends an authentication (RFC 5804 2.1).
  package mutating func writeCancellation() { wire += "\"*\"\r\n".utf8 }

  private mutating func writeArgument(_ string: [UInt8]) {
    wire.append(.space)
    writeString(string)
  }

  private mutating func writeString(_ string: [UInt8]) {
    guard string.count <= Self.maxQuotedByteCount,
      string.allSatisfy({ $0 >= .space && $0 < 0x7F })
    else {
      appendLiteral(string)
      return
    }
    wire.append(.ascii("\""))
    for octet in string {
      if octet == .ascii("\"") || octet == .ascii("\\") { wire.append(.ascii("\\")) }
      wire.append(octet)
    }
    wire.append(.ascii("\""))
  }

  private mutating func writeLiteral(_ octets: [UInt8]) {
    wire.append(.space)
    appendLiteral(octets)
  }

  private mutating func appendLiteral(_ octets: [UInt8]) {
    wire += "{\(octets.count)+}\r\n".utf8
    wire += octets
  }

  private mutating func writeLineEnd() { wire += "\r\n".utf8 }
}
