// A directory of its own for a test, gone afterwards; and small ways to look at files.

import Glibc

final class ScratchDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/postroom-tool.XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { Self.remove(path) }

  /// A path below the directory.
  subscript(_ name: String) -> String { "\(path)/\(name)" }

  /// The octets of a file; nil when it cannot be opened.
  func read(_ name: String) -> [UInt8]? { Self.read(self[name]) }

  /// A file's text; empty when it cannot be opened.
  func text(_ name: String) -> String { String(decoding: read(name) ?? [], as: UTF8.self) }

  /// The names in a directory below, sorted; none when it is not there.
  func list(_ name: String) -> [String] { Self.list(self[name]) }

  /// The content of each message in new/ of a Maildir below.
  func messages(_ maildir: String) -> [[UInt8]] {
    list("\(maildir)/new").compactMap { read("\(maildir)/new/\($0)") }
  }

  func write(_ text: String, to name: String) {
    let file = fopen(self[name], "w")!
    fwrite(Array(text.utf8), 1, text.utf8.count, file)
    fclose(file)
  }

  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return readToEnd(descriptor)
  }

  static func list(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in list(path) { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// All that a descriptor gives until its end.
func readToEnd(_ descriptor: Int32) -> [UInt8] {
  var octets: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = Glibc.read(descriptor, &piece, piece.count)
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { return octets }
    octets += piece[..<count]
  }
}
