// Octets on their way into a pipe whose reader may be slow, or gone.

internal import Glibc

/// Writes memory into a pipe as far as there is room, and closes it at the end.
final class PipeFeed {
  private var descriptor: FileDescriptor?
  private var rest: UnsafeRawBufferPointer

  /// The writing end, or nil when all is written or the reader is gone.
  private(set) var rawValue: Int32?

  /// - Parameter bytes: must live as long as the feed.
  init(_ bytes: UnsafeRawBufferPointer, into descriptor: consuming FileDescriptor) {
    rest = bytes
    let number = descriptor.rawValue
    // A pipe with room for less than the message must not hold us up.
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    self.descriptor = consume descriptor
    rawValue = number
    write()
  }

  /// Writes what there is room for. A reader that has gone is no error: it has read enough.
  func write() {
    while let rawValue, !rest.isEmpty {
      let count = writeWithoutSignal(rawValue, rest)
      if count < 0 {
        if errno == EAGAIN { return }
        break
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    rawValue = nil
    descriptor = nil
  }
}

/// `write(2)` that fails with EPIPE alone: SIGPIPE is held back in this thread, and taken away.
private func writeWithoutSignal(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  var brokenPipe = sigset_t()
  sigemptyset(&brokenPipe)
  sigaddset(&brokenPipe, SIGPIPE)
  var before = sigset_t()
  pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
  var pending = sigset_t()
  sigpending(&pending)
  let count = retryingInterrupted { write(descriptor, bytes.baseAddress, bytes.count) }
  let code = errno
  if count < 0 && code == EPIPE && sigismember(&pending, SIGPIPE) == 0 {
    var atOnce = timespec()
    _ = retryingInterrupted { sigtimedwait(&brokenPipe, nil, &atOnce) }
  }
  pthread_sigmask(SIG_SETMASK, &before, nil)
  errno = code
  return count
}
