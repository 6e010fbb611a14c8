// The options of clients that say how long they wait, and how often they come again.

package import ArgumentParser
package import MailProtocols

/// The patience of a client.
package struct TimingOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The longest silence of the server, and the longest time for one line.", valueName: "time"))
  package var timeout = TimeSpan(.seconds(60))

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The longest time for looking up, connecting and TLS together.", valueName: "time"))
  package var connectTimeout = TimeSpan(.seconds(20))

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Come again so often after what may be better later, after 1 s, 2 s, 4 s, up to 60 s.",
      valueName: "number"))
  package var retries: Int?

  package init() {}

  /// Checks the values. Throws status usage (64).
  package func check() throws(ToolFailure) {
    for (name, span) in [("--timeout", timeout), ("--connect-timeout", connectTimeout)]
    where span.duration <= .zero {
      throw ToolFailure(.usage, "\(name): nothing can come in no time")
    }
    if let retries, !(0...RetryPolicy.maxCount).contains(retries) {
      throw ToolFailure(.usage, "--retries: not from 0 to \(RetryPolicy.maxCount): \(retries)")
    }
  }

  /// How often to come again; `count` is the tool's own number, where the user gives none.
  package func retryPolicy(default count: Int) -> RetryPolicy {
    RetryPolicy(count: retries ?? count)
  }
}
