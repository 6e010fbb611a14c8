// A directory of its own for a test, gone afterwards; and small ways to look at files.

internal import Glibc

/// A directory below /tmp with a name of its own, removed with all it holds when it is let go.
package final class ScratchDirectory: Sendable {
  /// Where it is.
  package let path: String

  /// Makes the directory, empty and for nobody else.
  package init() {
    var template = Array("/tmp/postroom-test.XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { Self.remove(path) }

  /// A path below the directory.
  package subscript(_ name: String) -> String { "\(path)/\(name)" }

  /// The octets of a file below; nil when it cannot be opened.
  package func read(_ name: String) -> [UInt8]? { Self.read(self[name]) }

  /// The text of a file below; empty when it cannot be opened.
  package func text(_ name: String) -> String {
    String(decoding: read(name) ?? [], as: UTF8.self)
  }

  /// The names in a directory below, sorted; none when it is not there.
  package func list(_ name: String) -> [String] { Self.list(self[name]) }

  /// The content of each message in new/ of a Maildir below.
  package func messages(_ maildir: String) -> [[UInt8]] {
    list("\(maildir)/new").compactMap { read("\(maildir)/new/\($0)") }
  }

  /// Makes a file below hold this text and nothing else.
  package func write(_ text: String, to name: String) {
    Self.write(Array(text.utf8), to: self[name])
  }

  /// The octets of a file; nil when it cannot be opened.
  package static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return readToEnd(descriptor)
  }

  /// Makes a file hold these octets and nothing else.
  package static func write(_ octets: [UInt8], to path: String) {
    let file = fopen(path, "we")!
    fwrite(octets, 1, octets.count, file)
    fclose(file)
  }

  /// The names in a directory, sorted; none when it is not there.
  package static func list(_ path: String) -> [String] {
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

  /// The permission bits; nil when nothing is there.
  package static func mode(_ path: String) -> UInt32? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  /// Removes what is there: a file or a directory with all it holds.
  package static func remove(_ path: String) {
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
package func readToEnd(_ descriptor: Int32) -> [UInt8] {
  var octets: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = Glibc.read(descriptor, &piece, piece.count)
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { return octets }
    octets += piece[..<count]
  }
}
