// Where records go: stdout, a file or a descriptor, one write(2) a record so that the records of
// many threads, and of many processes that append to one file, stay whole.

internal import Glibc
package import MailIO

/// A descriptor that takes whole records from any thread.
package final class RecordOutput: Sendable {
  private let descriptor: Int32
  private let name: String
  private let whenFailed: @Sendable () -> Void
  /// Records begun. The lock is held over each record, which may take as long as a reader likes.
  private let recordCount = Guarded(0)
  /// What went wrong first; can always be asked for.
  private let firstFailure = Guarded<SystemError?>(nil)

  /// Records to a descriptor that someone else owns; `name` is for errors, `whenFailed` is called
  /// once, when the first write fails.
  package init(
    descriptor: Int32, name: String, whenFailed: @escaping @Sendable () -> Void = {}
  ) {
    self.descriptor = descriptor
    self.name = name
    self.whenFailed = whenFailed
  }

  package static let standardError = RecordOutput(descriptor: STDERR_FILENO, name: "stderr")

  /// The descriptor that `fd:N` names; nil for a file. Throws when N is none that is open.
  ///
  /// To be asked before anything is opened here, so that N cannot be a descriptor of our own.
  @discardableResult
  package static func descriptor(_ target: String) throws(SystemError) -> Int32? {
    guard target.hasPrefix("fd:") else { return nil }
    guard let number = Int32(target.dropFirst(3)), fcntl(number, F_GETFD) >= 0 else {
      throw SystemError("open", target, code: EBADF)
    }
    return number
  }

  /// Appends to a file, which is made when missing (mode 0600), or to a descriptor given as `fd:N`,
  /// which children do not get. It stays open until the process ends.
  package static func open(_ target: String) throws(SystemError) -> RecordOutput {
    if let number = try descriptor(target) {
      if number > STDERR_FILENO { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
      return RecordOutput(descriptor: number, name: target)
    }
    let descriptor = Glibc.open(target, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("open", target) }
    return RecordOutput(descriptor: descriptor, name: target)
  }

  /// What went wrong first, if anything did.
  package var failure: SystemError? { firstFailure.withLock { $0 } }

  /// Writes the pieces of one record and its end, undisturbed by other records. False,
  /// and nothing more is written from then on, once a write has failed.
  @discardableResult
  package func write(
    endingWith end: [UInt8],
    _ pieces: ((UnsafeRawBufferPointer) throws(SystemError) -> Void) throws(SystemError) -> Void
  ) -> Bool {
    let failed: SystemError? = recordCount.withLock { count in
      count += 1
      if let failure { return failure }
      do throws(SystemError) {
        try pieces { (piece) throws(SystemError) in try writeAll(piece) }
        try writeAll(end)
        return nil
      } catch {
        firstFailure.withLock { $0 = error }
        whenFailed()
        return error
      }
    }
    return failed == nil
  }

  /// Writes one record that is at hand.
  @discardableResult
  package func write(_ record: [UInt8]) -> Bool {
    write(endingWith: record) { _ in }
  }

  private func writeAll(_ octets: [UInt8]) throws(SystemError) {
    var failure: SystemError?
    octets.withUnsafeBytes { bytes in
      do throws(SystemError) {
        try writeAll(bytes)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private func writeAll(_ octets: UnsafeRawBufferPointer) throws(SystemError) {
    var rest = octets
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno == EAGAIN {
        // A pipe that someone else made non-blocking.
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
      } else if errno != EINTR {
        throw SystemError("write", name)
      }
    }
  }
}
