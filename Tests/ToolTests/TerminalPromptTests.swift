import Glibc
import MailIO
import MailProtocols
import Testing
import ToolSupport

extension SASLSecret {
  /// What only tests look at.
  var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A question asked on a thread of its own, so that somebody can answer here.
private final class Asking: Sendable {
  let thread: pthread_t
  private let state = Guarded<(answer: Result<String, ToolFailure>?, pending: Bool)>((nil, false))

  /// - Parameter blocked: a signal that the thread blocks, as a tool's main thread does.
  init(on path: String, blocking blocked: Int32? = nil) {
    let state = self.state
    thread = startThread {
      var set = sigset_t()
      sigemptyset(&set)
      if let blocked { sigaddset(&set, blocked) }
      // Threads of the test runner block nearly all.
      pthread_sigmask(SIG_SETMASK, &set, nil)
      let answer: Result<String, ToolFailure>
      do throws(ToolFailure) {
        answer = .success(try TerminalPrompt(path: path).secret("Password: ").text)
      } catch {
        answer = .failure(error)
      }
      var pending = sigset_t()
      sigpending(&pending)
      let isPending = blocked.map { sigismember(&pending, $0) == 1 } ?? false
      state.withLock { $0 = (answer, isPending) }
    }
  }

  /// What came of it, and whether the blocked signal is waiting.
  func end() -> (answer: Result<String, ToolFailure>?, pending: Bool) {
    pthread_join(thread, nil)
    return state.withLock { $0 }
  }
}

@Suite("Terminal prompt", .serialized)
struct TerminalPromptTests {
  @Test("nothing that is typed is shown, and the echo is there again afterwards")
  func answer() throws {
    let terminal = try PseudoTerminal()
    let asking = Asking(on: terminal.path)
    #expect(terminal.shown(upTo: ": ") == "Password: ")
    #expect(!terminal.isEchoing)
    terminal.type("hunter2 \n")
    #expect(terminal.shown(upTo: "\n") == "\r\n")
    #expect(asking.end().answer == .success("hunter2 "))
    #expect(terminal.isEchoing)
  }

  @Test("the erase character works, as on any line")
  func erase() throws {
    let terminal = try PseudoTerminal()
    let asking = Asking(on: terminal.path)
    _ = terminal.shown(upTo: ": ")
    terminal.type("hunter3\u{7F}2\n")
    #expect(asking.end().answer == .success("hunter2"))
  }

  @Test("no answer and an empty one are 78", arguments: ["\u{4}", "\n"])
  func noAnswer(typed: String) throws {
    let terminal = try PseudoTerminal()
    let asking = Asking(on: terminal.path)
    _ = terminal.shown(upTo: ": ")
    terminal.type(typed)
    let failure = ToolFailure(.configuration, "password: there is no secret in it")
    #expect(asking.end().answer == .failure(failure))
    #expect(terminal.isEchoing)
  }

  @Test(
    "a signal leaves the terminal as it was, and is passed on to whoever waits for it",
    arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP])
  func signal(number: Int32) throws {
    let terminal = try PseudoTerminal()
    let asking = Asking(on: terminal.path, blocking: number)
    _ = terminal.shown(upTo: ": ")
    terminal.type("hunt")
    #expect(!terminal.isEchoing)
    pthread_kill(asking.thread, number)
    let (answer, isPending) = asking.end()
    let failure = ToolFailure(.configuration, "no password: interrupted by signal \(number)")
    #expect(answer == .failure(failure))
    #expect(isPending)
    #expect(terminal.isEchoing)
    #expect(terminal.shown(upTo: "\n") == "\r\n")
  }

  @Test("after a stop the question is asked again")
  func stop() throws {
    // Ignored, the signal does not stop us; the prompt cannot tell.
    let former = Glibc.signal(SIGTSTP, SIG_IGN)
    defer { _ = Glibc.signal(SIGTSTP, former) }
    let terminal = try PseudoTerminal()
    let asking = Asking(on: terminal.path)
    _ = terminal.shown(upTo: ": ")
    terminal.type("hunt")
    pthread_kill(asking.thread, SIGTSTP)
    #expect(terminal.shown(upTo: "Password: ") == "\r\nPassword: ")
    #expect(!terminal.isEchoing)
    terminal.type("hunter2\n")
    #expect(asking.end().answer == .success("hunter2"))
    #expect(terminal.isEchoing)
  }

  @Test("without a terminal it is 78", arguments: ["/dev/null", "/nonexistent"])
  func noTerminal(path: String) {
    let failure = #expect(throws: ToolFailure.self) {
      try TerminalPrompt(path: path).secret("Password: ")
    }
    #expect(failure?.status == .configuration)
    #expect(failure?.message.contains(path) == true)
  }
}
