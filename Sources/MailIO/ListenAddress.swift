// Where a server listens, as a command line says it: `[inet:][HOST]:PORT`, `unix:PATH`, `fd:N`.
// Names are not looked up here.

internal import MailProtocols

/// A listening address in words.
package enum ListenAddress: Equatable, Sendable, CustomStringConvertible {
  /// A host name or address, empty for every interface, and a port, 0 for a free one.
  case inet(host: String, port: UInt16)
  /// The path of a unix socket that is to be made.
  case unix(path: String)
  /// A descriptor that listens already.
  case descriptor(Int32)

  /// Reads one; nil when it is none.
  package init?(_ text: String) {
    if let path = text.afterPrefix("unix:") {
      guard !path.isEmpty else { return nil }
      self = .unix(path: path)
      return
    }
    if let number = text.afterPrefix("fd:") {
      guard let descriptor: Int32 = number.plainNumber() else { return nil }
      self = .descriptor(descriptor)
      return
    }
    let rest = text.afterPrefix("inet:") ?? text
    guard let colon = rest.lastIndex(of: ":"),
      let port: UInt16 = rest[rest.index(after: colon)...].plainNumber()
    else { return nil }
    var host = rest[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard !host.isEmpty else { return nil }
    } else if host.contains(":") {
      // `::1:25` could be two things.
      return nil
    }
    self = .inet(host: String(host), port: port)
  }

  package var description: String {
    switch self {
    case .inet(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    case .descriptor(let number): "fd:\(number)"
    }
  }
}

extension StringProtocol {
  /// A number in digits alone: `+25` is none.
  fileprivate func plainNumber<Number: FixedWidthInteger>() -> Number? {
    utf8.allSatisfy(\.isDigit) ? Number(self) : nil
  }
}

extension String {
  fileprivate func afterPrefix(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
