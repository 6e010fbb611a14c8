// One connection: octets in with a deadline, octets out in as few writes as can be. Plain, and from
// startTLS on encrypted: what is above it sees no difference.
//
// Waiting costs no memory: the input buffer is borrowed from a pool, and given back when nothing has
// come for a tenth of a second. A lively connection needs no poll(2) before each recv(2).

internal import COpenSSL
internal import Glibc

/// A connected stream socket, used by one thread.
package final class Connection {
  let descriptor: Int32
  /// Buffers for a dialogue, and for when more comes than these hold.
  private let pool: BufferPool
  private let largePool: BufferPool
  private var buffer: UnsafeMutableRawBufferPointer?
  private(set) var session: TLSSession?
  /// Why nothing can be sent any more, once a send was given up in the middle.
  private var sendFailure: ConnectionError?
  /// Whether close_notify waits until the peer reads.
  private var isEnding = false
  /// Whether octets of the buffer are being looked at.
  private var isHandingOver = false
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
    // Says close_notify, if that is still to be said.
    session = nil
    close(descriptor)
  }

  // MARK: - Receiving

  /// Waits for octets, then hands them over; false when the peer has sent all it will.
  ///
  /// The octets are gone when `body` returns; it may send and start TLS, but not receive. Throws
  /// when the deadline comes before any octet does, when the interrupt is raised, and when the
  /// connection is broken.
  package func receive(
    until deadline: Deadline, unless interrupt: Interrupt?, _ body: (Span<UInt8>) -> Void
  ) throws(ConnectionError) -> Bool {
    // A buffer is kept from one receive to the next, but not over a long wait.
    var step = Step.blocked(on: POLLIN)
    let isStopped = interrupt?.isRaised ?? false
    if session != nil || (!isHurried(deadline) && !isStopped) {
      step = try receiveOnce(flags: firstFlags(deadline), body)
    }
    while true {
      switch step {
      case .done: return true
      case .ended:
        try sayEnd(until: deadline, unless: interrupt)
        return false
      case .blocked(let event):
        releaseBuffer()
        try wait(for: isEnding ? event | POLLOUT : event, until: deadline, unless: interrupt)
        if isEnding { endOutput() }
      case .again:
        try checkTime(deadline, interrupt)
      }
      step = try receiveOnce(flags: Self.withoutWaiting, body)
      // What came may have been part of a record: a peer that sends such parts does not stop time.
      if session != nil, case .blocked = step { try checkTime(deadline, interrupt) }
    }
  }

  /// As `receive`, for a tenth of a second: nil when nothing came, and the connection then holds no
  /// buffer.
  /// - Parameter maxCount: how many octets are taken at once at the most.
  package func receiveShortly(
    atMost maxCount: Int = .max, _ body: (Span<UInt8>) -> Void
  ) throws(ConnectionError) -> Bool? {
    while true {
      switch try receiveOnce(flags: 0, atMost: maxCount, body) {
      case .done: return true
      case .ended: return false
      case .blocked:
        releaseBuffer()
        return nil
      case .again: continue
      }
    }
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

  /// How far one try came.
  private enum Step {
    case done
    /// The peer has sent all it will.
    case ended
    /// The socket must first be ready for this event of poll(2).
    case blocked(on: Int32)
    /// TLS had something of its own to do.
    case again
  }

  /// Takes what there is, within the time that the flags leave it.
  private func receiveOnce(
    flags: Int32, atMost maxCount: Int = .max, _ body: (Span<UInt8>) -> Void
  ) throws(ConnectionError) -> Step {
    precondition(!isHandingOver, "receiving inside receiving")
    let wholeBuffer = self.buffer ?? pool.take()
    self.buffer = wholeBuffer
    let buffer = UnsafeMutableRawBufferPointer(
      rebasing: wholeBuffer[..<min(wholeBuffer.count, maxCount)])
    let count: Int
    if let session {
      switch try session.read(into: buffer, flags: flags) {
      case .done(let got): count = got
      case .waits(let event): return .blocked(on: event)
      case .again: return .again
      case .closed: return .ended
      }
    } else {
      count = recv(descriptor, buffer.baseAddress, buffer.count, flags)
      if count == 0 { return .ended }
      guard count > 0 else {
        if errno == EAGAIN || errno == EINTR { return .blocked(on: POLLIN) }
        throw .broken(SystemError("recv"))
      }
    }
    receivedByteCount += count
    defer { growBuffer(after: count) }
    let octets = UnsafeBufferPointer(
      start: buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), count: count)
    isHandingOver = true
    body(octets.span)
    isHandingOver = false
    return .done
  }

  private func isHurried(_ deadline: Deadline) -> Bool {
    deadline.isWithin(milliseconds: Self.shortWaitMilliseconds)
  }

  private func firstFlags(_ deadline: Deadline) -> Int32 {
    isHurried(deadline) ? Self.withoutWaiting : 0
  }

  /// Much comes at once: the next receive may take more.
  private func growBuffer(after count: Int) {
    guard count == pool.bufferByteCount else { return }
    releaseBuffer()
    buffer = largePool.take()
  }

  func releaseBuffer() {
    guard let buffer else { return }
    (buffer.count == pool.bufferByteCount ? pool : largePool).give(back: buffer)
    self.buffer = nil
  }

  /// Overwrites what the buffer holds, after secrets came in it.
  package func wipeInput() {
    guard let buffer else { return }
    OPENSSL_cleanse(buffer.baseAddress, buffer.count)
  }

  // MARK: - Sending

  /// Sends all of the octets. After `timedOut` nothing more can be sent.
  package func send(_ octets: [UInt8], until deadline: Deadline) throws(ConnectionError) {
    if let sendFailure { throw sendFailure }
    var sent = 0
    do throws(ConnectionError) {
      while sent < octets.count {
        switch try sendOnce(octets, from: sent) {
        case .sent(let count): sent += count
        case .blocked(let event): try wait(for: event, until: deadline, unless: nil)
        case .again: try checkTime(deadline, nil)
        }
      }
    } catch {
      giveUpSending(after: sent, error)
      throw error
    }
  }

  /// Sends all of the octets, and hands over what comes meanwhile: two sides that both send more
  /// than the network holds do not wait for each other. Returns false when the peer has sent all
  /// it will; everything is sent all the same.
  package func exchange(
    _ octets: [UInt8], until deadline: Deadline, unless interrupt: Interrupt?,
    _ body: (Span<UInt8>) -> Void
  ) throws(ConnectionError) -> Bool {
    if let sendFailure { throw sendFailure }
    var sent = 0
    var isOpen = true
    do throws(ConnectionError) {
      while sent < octets.count {
        switch try sendOnce(octets, from: sent) {
        case .sent(let count): sent += count
        case .blocked(var events):
          if isOpen {
            switch try receiveOnce(flags: Self.withoutWaiting, body) {
            case .done, .again: events = 0
            case .blocked(let event): events |= event
            case .ended: isOpen = false
            }
          }
          if events != 0 { try wait(for: events, until: deadline, unless: interrupt) }
          try checkTime(deadline, interrupt)
        case .again: try checkTime(deadline, interrupt)
        }
      }
    } catch {
      giveUpSending(after: sent, error)
      throw error
    }
    return isOpen
  }

  /// What was sent in part cannot be followed by anything else.
  private func giveUpSending(after sent: Int, _ error: ConnectionError) {
    if sent > 0 || session?.hasUnfinishedWrite ?? false { sendFailure = error }
  }

  private enum SendStep {
    case sent(Int)
    /// The socket must first be ready for this event of poll(2).
    case blocked(on: Int32)
    /// TLS had something of its own to do.
    case again
  }

  private func sendOnce(_ octets: [UInt8], from start: Int) throws(ConnectionError) -> SendStep {
    let count: Int
    if let session {
      switch try session.write(octets.span.extracting(start..<octets.count)) {
      case .done(let written): count = written
      case .waits(let event): return .blocked(on: event)
      case .again: return .again
      case .closed: throw .truncated
      }
    } else {
      count = octets.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress! + start, $0.count - start, Self.withoutWaiting)
      }
      guard count >= 0 else {
        if errno == EAGAIN { return .blocked(on: POLLOUT) }
        if errno == EINTR { return .again }
        throw .broken(SystemError("send"))
      }
    }
    sentByteCount += count
    return .sent(count)
  }

  // MARK: - TLS

  /// Turns the connection into a TLS one, after STARTTLS or from the first octet on.
  ///
  /// The deadline is for the whole handshake. Octets that came together with the STARTTLS command,
  /// or with the go-ahead, were handed over by `receive` and are not TLS's: the caller must refuse
  /// them (RFC 3207 6; CVE-2011-0411), and forget what it learned before. After an error the
  /// connection is of no use any more. Once only.
  /// - Parameter early: octets of the handshake that came with a PROXY header, where TLS starts
  ///   right behind it. Nothing else may be given here.
  package func startTLS(
    as role: TLSRole, behindProxyHeader early: [UInt8] = [], until deadline: Deadline,
    unless interrupt: Interrupt?
  ) throws(ConnectionError) {
    precondition(session == nil, "TLS inside TLS")
    if !isHandingOver { releaseBuffer() }
    let session = try TLSSession(role, descriptor: descriptor, received: early)
    self.session = session
    var flags = firstFlags(deadline)
    while true {
      switch try session.handshake(flags: flags) {
      case .done: return
      case .waits(let event): try wait(for: event, until: deadline, unless: interrupt)
      case .again: break
      case .closed: throw .closedInHandshake
      }
      try checkTime(deadline, interrupt)
      flags = Self.withoutWaiting
    }
  }

  // MARK: - The end

  /// Says that nothing more is sent, so that the peer sees an end; receiving goes on. Does not
  /// wait: where the peer must first read, that is said while receiving.
  package func endOutput() {
    isEnding = !(session?.endOutput() ?? true)
    if !isEnding { shutdown(descriptor, Int32(SHUT_WR)) }
  }

  /// The peer has ended, and our own end may still wait for it to read: whoever drops the connection
  /// now would cut the peer off.
  private func sayEnd(
    until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectionError) {
    while isEnding {
      try wait(for: POLLOUT, until: deadline, unless: interrupt)
      endOutput()
    }
  }

  /// Says that nothing more is sent, and reads on for a while, so that the last reply is not lost:
  /// closing a socket with octets unread resets the connection, and the peer may drop what it had
  /// not read yet.
  package func finish(until deadline: Deadline) {
    endOutput()
    // What still comes is dropped, and need not be decrypted.
    if !isEnding { session = nil }
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

  // MARK: - Waiting

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
        // A peer that never stops sending must not keep an interrupt waiting.
        if entries.1.revents != 0 { throw .interrupted }
        return
      }
      if count == 0 {
        if deadline.hasPassed { throw .timedOut }
      } else if errno != EINTR {
        throw .broken(SystemError("poll"))
      }
    }
  }

  /// Throws when time is up. For where octets come that are nothing to anybody: as long as they do,
  /// `wait` returns at once.
  private func checkTime(
    _ deadline: Deadline, _ interrupt: Interrupt?
  ) throws(ConnectionError) {
    if deadline.hasPassed { throw .timedOut }
    if interrupt?.isRaised ?? false { throw .interrupted }
  }
}
