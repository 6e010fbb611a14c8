// Which name servers to ask: the `nameserver` lines of resolv.conf(5), and its limits on how many
// and how long. Its other options, and its search list, are not for us: who has SRV records names
// the whole domain.

internal import Glibc

/// The name servers of this machine.
package struct NameServers: Sendable {
  /// Servers that are asked at most, as in the C library.
  package static let maxCount = 3
  /// How long one server may take, unless resolv.conf says otherwise (`options timeout:N`).
  package static let usualPatience = Duration.seconds(5)
  /// Longer files are not read to their end.
  private static let maxByteCount = 64 << 10

  /// In the order to ask them.
  package var addresses: [SocketAddress]
  /// How long one server is waited for, until the next one is asked.
  package var patience: Duration

  package init(_ addresses: [SocketAddress], patience: Duration = usualPatience) {
    self.addresses = addresses
    self.patience = patience
  }

  /// Those of a file; the one on this machine when there is no file, or no server in it.
  package static func ofSystem(_ path: String = "/etc/resolv.conf") -> NameServers {
    var octets = [UInt8](repeating: 0, count: maxByteCount)
    var count = 0
    if let file = try? FileDescriptor.open(path, flags: O_RDONLY, target: path) {
      count = octets.withUnsafeMutableBytes { buffer in
        (try? file.read(at: 0, into: buffer, target: path)) ?? 0
      }
    }
    return NameServers(resolvConf: String(decoding: octets[..<count], as: UTF8.self))
  }

  /// Reads the text of a file.
  init(resolvConf text: String) {
    addresses = []
    patience = Self.usualPatience
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split { $0 == " " || $0 == "\t" }
      if words.first == "nameserver", words.count > 1, addresses.count < Self.maxCount {
        let question = Resolver.Question(host: String(words[1]), port: 53, family: .any)
        if case .addresses(let found) = question.ask(flags: AI_NUMERICHOST | AI_NUMERICSERV) {
          addresses += found.prefix(1)
        }
      } else if words.first == "options" {
        for word in words where word.hasPrefix("timeout:") {
          if let seconds = Int(word.dropFirst("timeout:".count)), (1...30).contains(seconds) {
            patience = .seconds(seconds)
          }
        }
      }
    }
    if addresses.isEmpty {
      let question = Resolver.Question(host: "127.0.0.1", port: 53, family: .any)
      if case .addresses(let found) = question.ask(flags: AI_NUMERICHOST | AI_NUMERICSERV) {
        addresses = found
      }
    }
  }
}
