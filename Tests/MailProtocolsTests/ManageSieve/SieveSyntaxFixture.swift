import Glibc
import MailProtocols
import Testing

/// A script of Fixtures/sieve; the README there says how they are written.
struct SieveSyntaxFixture: Sendable, CustomTestStringConvertible {
  let name: String
  let script: [UInt8]

  var testDescription: String { name }

  /// The line that the first comment names, `# line 3: why`.
  var line: Int? {
    // Behind a byte order mark in one of them.
    let comment = script.drop { $0 != .ascii("#") }
    guard comment.starts(with: "# line ".utf8) else { return nil }
    return Int(String(decoding: comment.dropFirst(7).prefix(while: \.isDigit), as: UTF8.self))
  }

  /// The scripts of a folder, in order.
  static func all(in folder: String) -> [SieveSyntaxFixture] {
    let path = directory + "/" + folder
    guard let entries = opendir(path) else { return [] }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".sieve") { names.append(name) }
    }
    return names.sorted().map {
      SieveSyntaxFixture(name: "\(folder)/\($0)", script: contents(of: "\(path)/\($0)"))
    }
  }

  private static let directory: String = {
    let folder = #filePath.split(separator: "/").dropLast(2)
    return "/" + folder.joined(separator: "/") + "/Fixtures/sieve"
  }()

  private static func contents(of path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      octets += buffer[..<count]
    }
    return octets
  }
}
