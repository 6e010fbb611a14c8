// One connection: octets in with a deadline, octets out in as few writes as can be.
//
// Waiting costs no memory: the input buffer is borrowed from a pool, and given back when nothing has
// come for a tenth of a second. A lively connection needs no poll(2) before each recv(2).

internal import Glibc

/// A connected stream socket, used by one thread.
package final class Connection {
  let descriptor: Int32
  /// Buffers for a dialogue, and for when more comes than these hold.
  private let pool: BufferPool
  private let largePool: BufferPool
  private var buffer: UnsafeMutableRawBufferPointer?
  /// Octets received and sent so far.
  package private(set) var receivedByteCount = 0
  package private(set) var sentByteCount = 0

  /// Takes a connected socket over, and closes it at the end of its life.
  package init(
    adopting descriptor: Int32, pool: BufferPool = .dialogue, largePool: BufferPool = .shared
  ) {
    self.descriptor = descriptor
    self.pool = pool
    self.largePool = largePool
    var on: Int32 = 1
    // A second small write would wait 40 ms for the acknowledgement of the first (Nagle); a unix
    // socket has no such option, and no such wait.
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    var patience = timeval(tv_sec: 0, tv_usec: Int(Self.shortWaitMilliseconds) * 1000)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit {
    releaseBuffer()
    close(descriptor)
  }

  /// Waits for octets, then hands them over; false when the peer has sent all it will.
  ///
  /// The octets are gone when `body` returns. Throws when the deadline or the interrupt comes
  /// before any octet does, and when the connection is broken.
  package func receive(
    until deadline: Deadline, unless interrupt: Interrupt?, _ body: (Span<UInt8>) -> Void
  ) throws(ConnectionError) -> Bool {
    if !deadline.isWithin(milliseconds: Self.shortWaitMilliseconds),
      let isOpen = try receiveShortly(body)
    {
      return isOpen
    }
    while true {
      releaseBuffer()
      try wait(for: POLLIN, until: deadline, unless: interrupt)
      if let isOpen = try receiveOnce(flags: Self.withoutWaiting, body) { return isOpen }
    }
  }

  /// As `receive`, for a tenth of a second: nil when nothing came, and the connection then holds no
  /// buffer.
  package func receiveShortly(_ body: (Span<UInt8>) -> Void) throws(ConnectionError) -> Bool? {
    // The buffer is kept from one receive to the next, but not over a long wait.
    if let isOpen = try receiveOnce(flags: 0, body) { return isOpen }
    releaseBuffer()
    return nil
  }

  /// Whether octets, or the peer's end, wait to be received.
  package func hasInput() throws(ConnectionError) -> Bool {
    do throws(ConnectionError) {
      try wait(for: POLLIN, until: .after(.zero), unless: nil)
      return true
    } catch .timedOut {
      return false
    }
  }

  /// What recv(2) has to give: nil when nothing came in the time that the flags leave it.
  private func receiveOnce(
    flags: Int32, _ body: (Span<UInt8>) -> Void
  ) throws(ConnectionError) -> Bool? {
    let buffer = self.buffer ?? pool.take()
    self.buffer = buffer
    let count = recv(descriptor, buffer.baseAddress, buffer.count, flags)
    guard count > 0 else {
      if count == 0 { return false }
      if errno == EAGAIN || errno == EINTR { return nil }
      throw .broken(SystemError("recv"))
    }
    receivedByteCount += count
    defer { growBuffer(after: count) }
    let octets = UnsafeBufferPointer(
      start: buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), count: count)
    body(octets.span)
    return true
  }

  /// Much comes at once: the next receive may take more.
  private func growBuffer(after count: Int) {
    guard count == pool.bufferByteCount else { return }
    releaseBuffer()
    buffer = largePool.take()
  }

  private func releaseBuffer() {
    guard let buffer else { return }
    (buffer.count == pool.bufferByteCount ? pool : largePool).give(back: buffer)
    self.buffer = nil
  }

  /// Sends all of the octets.
  package func send(_ octets: [UInt8], until deadline: Deadline) throws(ConnectionError) {
    var sent = 0
    while sent < octets.count {
      let count = octets.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress! + sent, $0.count - sent,
          Self.withoutWaiting)
      }
      if count >= 0 {
        sent += count
        sentByteCount += count
      } else if errno == EAGAIN {
        try wait(for: POLLOUT, until: deadline, unless: nil)
      } else if errno != EINTR {
        throw .broken(SystemError("send"))
      }
    }
  }

  /// Says that nothing more is sent, and reads on for a while, so that the last reply is not lost:
  /// closing a socket with octets unread resets the connection, and the peer may drop what it had
  /// not read yet.
  package func finish(until deadline: Deadline) {
    shutdown(descriptor, Int32(SHUT_WR))
    var room = Self.maxFinishByteCount
    while room > 0 {
      do {
        let before = receivedByteCount
        guard try receive(until: deadline, unless: nil, { _ in }) else { return }
        room -= receivedByteCount - before
      } catch {
        return
      }
    }
  }

  /// How long recv(2) waits with a buffer in hand, before poll(2) waits without one.
  private static let shortWaitMilliseconds: Int32 = 100

  private static let withoutWaiting = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)

  /// How much a peer may still send after the last reply, in octets.
  private static let maxFinishByteCount = 16 << 20

  private func wait(
    for event: Int32, until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectionError) {
    // poll(2) passes over a negative descriptor.
    var entries = (
      pollfd(fd: descriptor, events: Int16(event), revents: 0),
      pollfd(fd: interrupt?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
    )
    while true {
      let count = withUnsafeMutableBytes(of: &entries) {
        poll($0.baseAddress!.assumingMemoryBound(to: pollfd.self), 2, deadline.pollTimeout)
      }
      if count > 0 {
        if entries.0.revents != 0 { return }
        throw .interrupted
      }
      if count == 0 {
        if deadline.hasPassed { throw .timedOut }
      } else if errno != EINTR {
        throw .broken(SystemError("poll"))
      }
    }
  }
}
