// Why certificates, keys or other TLS settings cannot be used: one line, the file named.

/// Settings that make no context.
package struct TLSConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One line: `/etc/mail/key.pem: others than its owner can read it (mode 644)`.
  package let description: String

  init(_ description: String) { self.description = description }

  /// About a file.
  init(_ path: String, _ reason: String) { description = "\(path): \(reason)" }
}
