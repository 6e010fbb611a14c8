// Unique names for a Maildir (https://cr.yp.to/proto/maildir.html, "unique"):
//   SECONDS.M<microseconds>P<process>Q<counter>R<random>.HOST
// The random number, drawn once a process, keeps containers apart that share a Maildir, a host
// name and a process number. Clock, process and random number are handed in.

/// What all names of one process have in common.
package struct MaildirNaming: Equatable, Sendable {
  /// The longest host part, in octets, escapes included: it leaves room for every number at its
  /// longest and for all 52 flags.
  package static let maxHostOctetCount = 96

  /// `P` and the process number.
  private let process: [UInt8]
  /// `R`, the random number, a dot and the host.
  private let suffix: [UInt8]

  /// Names for one process of one host.
  ///
  /// A host that is too long is cut, an empty one becomes `localhost`: the name is unique without.
  package init(host: String, process: Int32, random: UInt64) {
    self.process = Array("P\(process)".utf8)
    let digits = String(random, radix: 16, uppercase: false)
    let padded = String(repeating: "0", count: 16 - digits.utf8.count) + digits
    let escaped = Self.escape(host)
    suffix = Array("R\(padded).".utf8) + (escaped.isEmpty ? Array("localhost".utf8) : escaped)
  }

  /// The name for a message that came at this time as this process's `counter`th.
  package func name(seconds: Int64, microseconds: Int, counter: UInt64) -> [UInt8] {
    var name: [UInt8] = []
    name.reserveCapacity(64 + suffix.count)
    name.append(contentsOf: String(seconds).utf8)
    name.append(contentsOf: ".M".utf8)
    name.append(contentsOf: String(microseconds).utf8)
    name.append(contentsOf: process)
    name.append(.ascii("Q"))
    name.append(contentsOf: String(counter).utf8)
    name.append(contentsOf: suffix)
    return name
  }

  /// The host with `/`, `:`, `\` and control octets as a backslash and three octal digits.
  static func escape(_ host: String) -> [UInt8] {
    var escaped: [UInt8] = []
    for octet in host.utf8 {
      let piece =
        switch octet {
        case .ascii("/"), .ascii(":"), .ascii("\\"): octal(octet)
        default: octet.isControl ? octal(octet) : [octet]
        }
      // Cut between pieces: half an escape would read as another host.
      if escaped.count + piece.count > maxHostOctetCount { break }
      escaped += piece
    }
    return escaped
  }

  private static func octal(_ octet: UInt8) -> [UInt8] {
    [.ascii("\\"), 0x30 + (octet >> 6), 0x30 + (octet >> 3 & 7), 0x30 + (octet & 7)]
  }
}
