// Octets, spools made of them, and threads: what several suites need.

import Glibc
import MailIO

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
