// What the system calls itself. Looked up once, never by DNS: a resolver that does not answer must
// not delay a greeting (aiosmtpd 1.4.6 asks getfqdn() for each connection).

internal import Glibc

/// Names of this machine.
package enum SystemName {
  /// The host's name as the kernel has it; `localhost` when it has none.
  package static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    let octets = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return octets.isEmpty ? "localhost" : String(decoding: octets, as: UTF8.self)
  }()
}
