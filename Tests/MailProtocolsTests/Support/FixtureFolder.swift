// Reads the files of Fixtures/, without Foundation.

import Glibc

/// A folder below Fixtures/.
struct FixtureFolder {
  let path: String

  init(_ name: String) {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    path = tests.joined(separator: "/") + "/Fixtures/" + name
  }

  /// The names that end so, without that end, in order; none when there is no folder.
  func names(endingIn suffix: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(suffix) { names.append(String(name.dropLast(suffix.count))) }
    }
    return names.sorted()
  }

  /// The octets of a file, which must be there.
  func read(_ name: String) -> [UInt8] {
    guard let file = fopen("\(path)/\(name)", "r") else {
      fatalError("cannot read \(path)/\(name)")
    }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      octets += buffer[..<count]
    }
    return octets
  }

  /// The text of a file, which must be there.
  func text(_ name: String) -> String { String(decoding: read(name), as: UTF8.self) }
}
