// A directory of its own for a test, gone afterwards; and small ways to look at files.

import Glibc
import MailIO

final class Scratch: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/postroom-test.XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { Self.remove(path) }

  /// A path below the directory.
  subscript(_ name: String) -> String { "\(path)/\(name)" }

  /// Removes what is there: a file or a directory with all it holds.
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

  /// The names in a directory, sorted; none when it is not there.
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

  /// The octets of a file; nil when it cannot be opened.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      if count == 0 { return octets }
      octets += piece[..<count]
    }
  }

  static func write(_ octets: [UInt8], to path: String) {
    let file = fopen(path, "w")!
    fwrite(octets, 1, octets.count, file)
    fclose(file)
  }

  /// The permission bits.
  static func mode(_ path: String) -> UInt32? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
  }
}

/// Octets that differ from place to place, so that a lost or doubled piece shows.
func pattern(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
}

/// A finished spool with these octets, appended in pieces.
func spool(
  _ octets: [UInt8], _ overflow: MessageSpool.Overflow = .directory(nil), pieceCount: Int = 5000,
  memoryLimit: Int = 64 * 1024
) throws -> MessageSpool {
  let spool = MessageSpool(overflow: overflow, memoryLimit: memoryLimit)
  for start in stride(from: 0, to: octets.count, by: pieceCount) {
    spool.append(octets[start..<min(start + pieceCount, octets.count)].span)
  }
  try spool.finish()
  return spool
}

/// All that a spool holds.
func content(of spool: MessageSpool) throws -> [UInt8] {
  var octets: [UInt8] = []
  try spool.forEachPiece { octets += $0 }
  return octets
}

/// Runs `body` on `count` threads at once, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  final class Job: Sendable {
    let index: Int
    let body: @Sendable (Int) -> Void
    init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }
  }
  let threads = (0..<count).map { index in
    var thread = pthread_t()
    let job = Unmanaged.passRetained(Job(index, body)).toOpaque()
    // The stacks of a tool's sessions are small: what overflows one is found here.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    pthread_attr_setstacksize(attributes, 128 * 1024)
    let status = pthread_create(
      &thread, attributes,
      { argument in
        let job = Unmanaged<Job>.fromOpaque(argument!).takeRetainedValue()
        job.body(job.index)
        return nil
      }, job)
    precondition(status == 0)
    pthread_attr_destroy(attributes)
    attributes.deallocate()
    return thread
  }
  for thread in threads { pthread_join(thread, nil) }
}
