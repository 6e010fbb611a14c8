// The local end of a connection as a command line says it: `192.0.2.1`, `192.0.2.1:2000`,
// `2001:db8::1`, `[2001:db8::1]:2000`. Names are not looked up.

internal import Glibc
internal import MailProtocols

/// An address of this machine to connect from, and a port, 0 for a free one.
package struct SourceAddress: Sendable, CustomStringConvertible {
  let address: SocketAddress

  /// Reads one; nil when it is none.
  package init?(_ text: String) {
    var host = text[...]
    var port: UInt16 = 0
    let isBracketed = text.hasPrefix("[")
    let colonCount = text.utf8.count { $0 == UInt8(ascii: ":") }
    // More than one colon without brackets are those of an IPv6 address.
    if let colon = text.lastIndex(of: ":"), isBracketed ? !text.hasSuffix("]") : colonCount == 1 {
      let digits = text[text.index(after: colon)...]
      guard digits.utf8.allSatisfy(\.isDigit), let number = UInt16(digits) else { return nil }
      port = number
      host = text[..<colon]
    }
    if isBracketed {
      guard host.hasSuffix("]") else { return nil }
      host = host.dropFirst().dropLast()
    }
    let question = Resolver.Question(host: String(host), port: port, family: .any)
    // An empty host would be any address, or loopback.
    guard !host.isEmpty, !host.utf8.contains(0),
      case .addresses(let found) = question.ask(flags: AI_NUMERICHOST | AI_NUMERICSERV),
      let first = found.first, isBracketed == (first.family == AF_INET6) || !isBracketed
    else { return nil }
    address = first
  }

  /// `192.0.2.1:0`.
  package var description: String { address.text }
}
