// A password or a token in memory that is overwritten when it is let go, and that no print, dump or
// error can show. Keeps it out of neither swap nor a core file: that is for whoever starts the
// process.

/// A password or a token; its octets are overwritten when the last reference goes.
///
/// `@unchecked Sendable`: the storage is written in `init`, then only read, until `deinit`.
package final class SASLSecret: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<UInt8>

  /// Copies the octets; the caller overwrites its own copy (`SASLSecret.wipe`).
  package init(_ bytes: [UInt8]) {
    storage = .allocate(capacity: bytes.count)
    _ = storage.initialize(from: bytes)
  }

  deinit {
    Self.overwrite(UnsafeMutableRawBufferPointer(storage))
    storage.deallocate()
  }

  /// Octets in it.
  package var count: Int { storage.count }

  /// A copy of the octets, for the caller to overwrite.
  package var bytes: [UInt8] { Array(storage) }

  /// Whether it holds these octets, in a time that depends on their count alone.
  package func equals(_ other: SASLSecret) -> Bool {
    constantTimeEqual(storage, other.storage)
  }

  /// Overwrites an array's elements with zeros and empties it.
  package static func wipe<Element: FixedWidthInteger>(_ array: inout [Element]) {
    array.withUnsafeMutableBytes { overwrite($0) }
    array = []
  }

  // Never inlined, so that the stores are not seen to be dead before the memory is freed.
  @inline(never)
  private static func overwrite(_ buffer: UnsafeMutableRawBufferPointer) {
    for index in buffer.indices { buffer[index] = 0 }
  }
}

extension SASLSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Says nothing.
  package var description: String { "(secret)" }
  /// Says nothing.
  package var debugDescription: String { "(secret)" }
  /// Shows nothing.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
