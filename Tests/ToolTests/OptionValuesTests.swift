import MailProtocols
import Testing
import ToolSupport

@Suite("Option values")
struct OptionValuesTests {
  @Test(
    "spans of time, and how they are shown",
    arguments: [
      ("5", .seconds(5), "5s"), ("1.5s", .milliseconds(1500), "1500ms"),
      ("200ms", .milliseconds(200), "200ms"), ("2m", .seconds(120), "120s"),
      ("1h", .seconds(3600), "3600s"), ("1d", .seconds(86_400), "86400s"), ("0", .zero, "0s"),
      (".5m", .seconds(30), "30s"), ("36525d", .seconds(3_155_760_000), "3155760000s"),
    ] as [(String, Duration, String)])
  func span(text: String, duration: Duration, shown: String) throws {
    let span = try #require(TimeSpan(argument: text))
    #expect(span.duration == duration)
    #expect(span.defaultValueDescription == shown)
  }

  @Test(
    "what is no span of time",
    arguments: [
      "", "s", "ms", "-1", "+1", "1 s", "1w", "1e3", "1..5", "36526d", "1S", "0x1", "1sm",
    ])
  func noSpan(text: String) {
    #expect(TimeSpan(argument: text) == nil)
  }

  @Test(
    "sizes",
    arguments: [
      ("0", 0), ("10", 10), ("1k", 1024), ("1.5K", 1536), ("2M", 2 << 20), ("1g", 1 << 30),
    ])
  func size(text: String, byteCount: Int) throws {
    let size = try #require(ByteSize(argument: text))
    #expect(size.byteCount == byteCount)
    #expect(size.defaultValueDescription == "\(byteCount)")
  }

  @Test("what is no size", arguments: ["", "k", "-1", "1T", "1kb", "1 k", "9000000000G"])
  func noSize(text: String) {
    #expect(ByteSize(argument: text) == nil)
  }
}
