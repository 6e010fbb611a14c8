import ArgumentParser
import Glibc
import MailIO
import Testing
import ToolSupport

private let later = ToolFailure(.temporary, "later")

@Suite("Retry policy")
struct RetryPolicyTests {
  @Test("the time between two tries doubles from a second to a minute")
  func delays() {
    let policy = RetryPolicy(count: 10)
    let delays = (1...8).map { policy.delay(before: $0) }
    #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
    #expect(policy.delay(before: 10_000) == .seconds(60))
    #expect(RetryPolicy(count: 1, firstDelay: .seconds(90)).delay(before: 1) == .seconds(60))
  }

  /// Runs a body that fails with these one after another, then succeeds.
  private func run(
    _ failures: [ToolFailure], count: Int, interrupt: Interrupt? = nil, isRepeatable: Bool = true
  ) -> (tries: Int, failure: ToolFailure?, notices: [Duration]) {
    var (tries, notices, rest) = (0, [Duration](), failures[...])
    let policy = RetryPolicy(
      count: count, firstDelay: .milliseconds(1), longestDelay: .milliseconds(2))
    do throws(ToolFailure) {
      try policy.run(
        unless: interrupt, isRepeatable: { isRepeatable }, notice: { notices.append($1) },
        { () throws(ToolFailure) in
          tries += 1
          if let failure = rest.popFirst() { throw failure }
        })
      return (tries, nil, notices)
    } catch {
      return (tries, error, notices)
    }
  }

  @Test("what may be better later is tried again, so often and no more")
  func tries() throws {
    for interrupt in [nil, try Interrupt()] {
      #expect(run([], count: 2, interrupt: interrupt).tries == 1)
      let second = run([later], count: 2, interrupt: interrupt)
      #expect(second.tries == 2 && second.failure == nil && second.notices == [.milliseconds(1)])
      let last = run([later, later, later, later], count: 3, interrupt: interrupt)
      #expect(last.tries == 4 && last.failure == later)
      #expect(last.notices == [.milliseconds(1), .milliseconds(2), .milliseconds(2)])
    }
    #expect(run([later], count: 0).tries == 1)
  }

  @Test("nothing else is tried again")
  func otherCauses() {
    for status: ToolSupport.ExitStatus in [
      .usage, .noHost, .refused, .protocolError, .authentication, .untrusted, .ioError,
    ] {
      let end = run([later, ToolFailure(status, "x")], count: 9)
      #expect(end.tries == 2 && end.failure?.status == status)
    }
  }

  @Test("what has changed something is not done again")
  func changed() {
    let end = run([later, later], count: 9, isRepeatable: false)
    #expect(end.tries == 1 && end.failure == later && end.notices.isEmpty)
  }

  @Test("an interrupt ends the tries, and the wait between them")
  func interrupt() throws {
    let interrupt = try Interrupt()
    interrupt.raise()
    #expect(run([later], count: 9, interrupt: interrupt).tries == 1)
    interrupt.clear()
    let thread = startThread { interrupt.raise() }
    let failure = #expect(throws: ToolFailure.self) {
      try RetryPolicy(count: 1, firstDelay: .seconds(60)).run(unless: interrupt) {
        () throws(ToolFailure) in throw later
      }
    }
    #expect(failure == later)
    pthread_join(thread, nil)
  }
}
