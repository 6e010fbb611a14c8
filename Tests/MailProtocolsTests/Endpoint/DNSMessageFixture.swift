// DNS answers, octet by octet.

/// An answer to the query for `_sieve._tcp.example.org` with identifier 0x1234.
struct DNSMessageFixture {
  var id: UInt16 = 0x1234
  var flags: UInt16 = 0x8180
  var questions: [[UInt8]] = [Self.name("_sieve._tcp.example.org") + [0, 33, 0, 1]]
  var answers: [[UInt8]] = []
  /// What stands behind the answers.
  var more: [UInt8] = []

  var octets: [UInt8] {
    var octets = Self.number(id) + Self.number(flags)
    octets += Self.number(UInt16(questions.count)) + Self.number(UInt16(answers.count))
    octets += [0, 0, 0, 0]
    return octets + questions.flatMap { $0 } + answers.flatMap { $0 } + more
  }

  static func number(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }

  static func name(_ text: String) -> [UInt8] {
    text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
  }

  /// The name of the question, as a pointer to it.
  static let question: [UInt8] = [0xC0, 12]

  /// A record of class IN.
  static func record(_ owner: [UInt8] = question, type: UInt16 = 33, _ data: [UInt8]) -> [UInt8] {
    owner + number(type) + [0, 1, 0, 0, 0, 60] + number(UInt16(data.count)) + data
  }

  static func srv(
    _ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: [UInt8],
    owner: [UInt8] = question
  ) -> [UInt8] {
    record(owner, number(priority) + number(weight) + number(port) + target)
  }
}
