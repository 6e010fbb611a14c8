// Coming again after what may be better later: status 75, and no other. After a second, then after
// twice the time each, a minute at most.

package import MailIO

/// How often to try again.
package struct RetryPolicy: Equatable, Sendable {
  /// More than anybody needs: at a minute each it is a week.
  package static let maxCount = 10_000

  /// Tries after the first.
  package var count: Int
  /// The time before the first of them.
  package var firstDelay: Duration
  /// The longest time between two.
  package var longestDelay: Duration

  package init(
    count: Int, firstDelay: Duration = .seconds(1), longestDelay: Duration = .seconds(60)
  ) {
    self.count = count
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
  }

  /// The time before the try with this number, from 1.
  package func delay(before number: Int) -> Duration {
    var delay = min(firstDelay, longestDelay)
    for _ in 1..<max(number, 1) where delay < longestDelay { delay = min(delay * 2, longestDelay) }
    return delay
  }

  /// Does `body` until it succeeds, fails for good, or was tried often enough; throws its last
  /// failure. An interrupt ends it at once.
  /// - Parameters:
  ///   - isRepeatable: whether trying again does no harm, asked after each failure: when something
  ///     was changed on the server already, the answer is no.
  ///   - notice: told of a failure that is followed by another try, and of the time until then.
  package func run<Result>(
    unless interrupt: Interrupt?, isRepeatable: () -> Bool = { true },
    notice: (ToolFailure, Duration) -> Void = { _, _ in },
    _ body: () throws(ToolFailure) -> Result
  ) throws(ToolFailure) -> Result {
    var number = 0
    while true {
      do throws(ToolFailure) {
        return try body()
      } catch {
        number += 1
        guard error.status == .temporary, number <= count, isRepeatable(),
          !(interrupt?.isRaised ?? false)
        else { throw error }
        let delay = delay(before: number)
        notice(error, delay)
        if let interrupt {
          guard !interrupt.wait(until: .after(delay)) else { throw error }
        } else {
          Deadline.after(delay).wait()
        }
      }
    }
  }
}
