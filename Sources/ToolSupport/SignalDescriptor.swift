// Signals as something to wait for. All threads block them; one waits for this descriptor beside
// whatever else it waits for.

internal import CLinux
internal import Glibc
internal import MailIO

/// A descriptor that is readable when one of the signals has come.
package struct SignalDescriptor: ~Copyable {
  package let descriptor: Int32

  /// Blocks the signals in this thread, and in all that it starts from now on.
  package init(_ signals: [Int32]) throws(ToolFailure) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    descriptor = postroom_signalfd(-1, &set, Int32(POSTROOM_CLOEXEC | POSTROOM_NONBLOCK))
    guard descriptor >= 0 else { throw ToolFailure(.software, SystemError("signalfd")) }
  }

  deinit { close(descriptor) }

  /// From now on the first of these signals ends the process at once, with status 128+n, whatever
  /// its threads are doing. To be called in the thread that made the descriptor.
  package static func endAtOnce(on signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals {
      sigaddset(&set, number)
      signal(number) { _exit(128 + $0) }
    }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// The next signal that has come, or nil.
  package func next() -> Int32? {
    // struct signalfd_siginfo: 128 octets, of which the first four are the number.
    var info = [UInt32](repeating: 0, count: 32)
    let count = info.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    return count == 128 ? Int32(info[0]) : nil
  }
}
