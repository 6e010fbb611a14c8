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
  private let state = Mutex(State())

  private struct State: Sendable {
    var box: Box?
    /// Whether SIGINT is somebody else's.
    var isHeld = false
  }

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
    state.withLock { $0.box = box }
    do throws(SystemError) {
      try SessionThread.start { [self] in
        while true {
          var entry = pollfd(fd: box.signals.descriptor, events: Int16(POLLIN), revents: 0)
          guard poll(&entry, 1, -1) > 0 else { continue }
          state.withLock { takeAll($0) }
        }
      }
    } catch {
      throw ToolFailure(.software, error)
    }
  }

  private func takeAll(_ state: State) {
    while let number = state.box?.signals.next() {
      if state.isHeld, number == SIGINT { continue }
      guard received == nil else { _exit(128 + number) }
      first.store(number, ordering: .releasing)
      interrupt.raise()
    }
  }

  /// Runs `body` while SIGINT does nothing here: the terminal sends it to the whole process group,
  /// and it is meant for a program in the foreground.
  func holding<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    state.withLock { $0.isHeld = true }
    // What ended the program has come here, too.
    defer {
      state.withLock {
        takeAll($0)
        $0.isHeld = false
      }
    }
    return try body()
  }

  /// Waits until there is something to read; false when a signal came before.
  func waitForInput(of descriptor: Int32) -> Bool {
    while received == nil {
      var entries = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&entries, 2, -1) > 0, entries[1].revents == 0 else { continue }
      return true
    }
    return false
  }

  /// The signal that has come was meant for what is over now, and nothing ends for it.
  func forget() {
    first.store(0, ordering: .releasing)
    interrupt.clear()
  }

  private final class Box: Sendable {
    let signals: SignalDescriptor
    init(_ signals: consuming SignalDescriptor) { self.signals = signals }
  }
}
