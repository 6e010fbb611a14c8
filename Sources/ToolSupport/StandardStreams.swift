// The numbers 0, 1 and 2 stay the standard streams, whatever happens to those: a socket that came to
// have such a number would be written to as stdout or stderr.

internal import Glibc

/// Keeps the numbers of the standard streams.
package enum StandardStreams {
  /// Fills the places of streams that were closed when we were started. Reading them, or writing
  /// to them, fails as it does for a stream that is closed.
  package static func fill() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
      // The lowest free number is this one.
      _ = Glibc.open("/dev/null", wrongWay(number))
    }
  }

  /// Closes a descriptor; of a standard stream the number stays taken.
  package static func close(_ descriptor: Int32) {
    Glibc.close(descriptor)
    fill()
  }

  private static func wrongWay(_ number: Int32) -> Int32 {
    number == STDIN_FILENO ? O_WRONLY : O_RDONLY
  }
}
