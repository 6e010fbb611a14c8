// SIGINT and SIGTERM while there is a connection: the first ends every wait, so that the dialogue
// ends between two commands and LOGOUT is said; the second ends the process at once.

internal import Glibc
internal import MailIO
internal import Synchronization
internal import ToolSupport

/// Watches for signals in a thread of its own.
final class SignalWatch: Sendable {
  /// Raised by the first signal.
  let interrupt: Interrupt
  private let first = Atomic<Int32>(0)
  private let isHeld = Atomic(false)

  /// Throws status software (70).
  init() throws(ToolFailure) {
    do throws(SystemError) {
      interrupt = try Interrupt()
    } catch {
      throw ToolFailure(.software, error)
    }
  }

  /// The signal that has come; nil for none.
  var received: Int32? {
    let number = first.load(ordering: .acquiring)
    return number == 0 ? nil : number
  }

  /// From now on signals come here. To be called by the main thread, before it starts others.
  func start() throws(ToolFailure) {
    let signals = try SignalDescriptor([SIGINT, SIGTERM])
    let box = Box(signals)
    do throws(SystemError) {
      try SessionThread.start { [self] in
        while true {
          var entry = pollfd(fd: box.signals.descriptor, events: Int16(POLLIN), revents: 0)
          guard poll(&entry, 1, -1) > 0, let number = box.signals.next() else { continue }
          if isHeld.load(ordering: .acquiring) { continue }
          guard received == nil else { _exit(128 + number) }
          first.store(number, ordering: .releasing)
          interrupt.raise()
        }
      }
    } catch {
      throw ToolFailure(.software, error)
    }
  }

  /// Runs `body` while signals do nothing: they are meant for a program in the foreground.
  func holding<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    isHeld.store(true, ordering: .releasing)
    defer { isHeld.store(false, ordering: .releasing) }
    return try body()
  }

  private final class Box: Sendable {
    let signals: SignalDescriptor
    init(_ signals: consuming SignalDescriptor) { self.signals = signals }
  }
}
