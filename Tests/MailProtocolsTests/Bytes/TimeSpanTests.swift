import MailProtocols
import Testing

@Suite("Time span")
struct TimeSpanTests {
  @Test(
    "a number is seconds, or what its unit says, up to a century",
    arguments: [
      ("0", .zero), ("5", .seconds(5)), ("1.5s", .milliseconds(1500)), ("2m", .seconds(120)),
      ("200ms", .milliseconds(200)), ("1h", .seconds(3600)), ("1d", .seconds(86_400)),
      ("36525d", .seconds(3_155_760_000)),
    ] as [(String, Duration)])
  func known(text: String, duration: Duration) {
    #expect(TimeSpan(text) == TimeSpan(duration))
  }

  @Test(
    "everything else is none",
    arguments: ["", "s", "-1", "1 s", "1w", "1e3", "1S", "36526d", "1sm", "nan"])
  func none(text: String) {
    #expect(TimeSpan(text) == nil)
  }
}
