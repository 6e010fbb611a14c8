// Buffers that go round: a session takes one when a message starts and gives it back at its end,
// so that idle sessions hold none and busy ones do not call malloc for each message.

internal import Glibc

/// Buffers of one size, shared by all threads.
package final class BufferPool: Sendable {
  /// The pool for everything that moves messages: pieces of at most 64 KiB, 4 MiB kept at most.
  package static let shared = BufferPool(bufferByteCount: 64 * 1024, maxKeptCount: 64)

  /// The pool for dialogues: commands and small messages, 1 MiB kept at most.
  package static let dialogue = BufferPool(bufferByteCount: 4096, maxKeptCount: 256)

  /// The size of each buffer.
  package let bufferByteCount: Int
  /// How many buffers are kept for later; what comes back beyond it is freed.
  package let maxKeptCount: Int

  /// Addresses, since a pointer may not be handed from thread to thread and these are.
  private let kept = Guarded<[UInt]>([])

  /// An empty pool.
  package init(bufferByteCount: Int, maxKeptCount: Int) {
    precondition(bufferByteCount > 0 && maxKeptCount >= 0)
    self.bufferByteCount = bufferByteCount
    self.maxKeptCount = maxKeptCount
  }

  deinit {
    for address in kept.withLock({ $0 }) { free(UnsafeMutableRawPointer(bitPattern: address)) }
  }

  /// A buffer with anything in it, the caller's until it is given back.
  package func take() -> UnsafeMutableRawBufferPointer {
    let address = kept.withLock { $0.popLast() }
    // malloc fails only where the process is lost anyway.
    let start =
      address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) } ?? malloc(bufferByteCount)!
    return UnsafeMutableRawBufferPointer(start: start, count: bufferByteCount)
  }

  /// Takes back a buffer that `take` gave.
  package func give(back buffer: UnsafeMutableRawBufferPointer) {
    precondition(buffer.count == bufferByteCount, "a buffer of another pool")
    let address = UInt(bitPattern: buffer.baseAddress)
    let isKept = kept.withLock { kept in
      if kept.count >= maxKeptCount { return false }
      kept.append(address)
      return true
    }
    if !isKept { free(buffer.baseAddress) }
  }

  /// How many buffers wait to be taken.
  package var keptCount: Int { kept.withLock { $0.count } }
}
