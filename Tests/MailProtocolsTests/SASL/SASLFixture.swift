// Reads recorded data beside the tests, without Foundation.

import Glibc

enum SASLFixture {
  /// The lines of Fixtures/sasl/NAME; empty ones and those that begin with `#` are left out.
  static func lines(_ name: String) -> [String] {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast(2).joined(separator: "/")
    let path = "\(folder)/Fixtures/sasl/\(name)"
    guard let file = fopen(path, "r") else { fatalError("cannot read \(path)") }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      octets += buffer[..<count]
    }
    return String(decoding: octets, as: UTF8.self)
      .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }
}
