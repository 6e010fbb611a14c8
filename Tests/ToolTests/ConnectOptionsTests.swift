import ArgumentParser
import MailIO
import MailProtocols
import Testing
import ToolSupport

@Suite("Options about connecting")
struct ConnectOptionsTests {
  @Test("without options: SRV records where there are any, a minute of silence, 20 s to connect")
  func defaults() throws {
    let route = try RouteOptions.parse([])
    try route.check()
    #expect(route.srv == .auto && route.opener.family == .any && route.opener.source == nil)
    let timing = try TimingOptions.parse([])
    try timing.check()
    #expect(timing.timeout.duration == .seconds(60))
    #expect(timing.connectTimeout.duration == .seconds(20))
    #expect(timing.retryPolicy(default: 2).count == 2)
  }

  @Test("what is asked for")
  func values() throws {
    let route = try RouteOptions.parse(["--srv", "only", "-6", "--source", "[::1]:2000"])
    try route.check()
    #expect(route.srv == .only && route.opener.family == .ipv6)
    #expect(route.opener.source.map { "\($0)" } == "[::1]:2000")
    #expect(try RouteOptions.parse(["-4"]).opener.family == .ipv4)
    let timing = try TimingOptions.parse([
      "--timeout", "1m", "--connect-timeout", "500ms", "--retries", "0",
    ])
    #expect(timing.connectTimeout.duration == .milliseconds(500))
    #expect(timing.retryPolicy(default: 2).count == 0)
  }

  @Test(
    "what does not go together, or is no value, is 64",
    arguments: [
      ["-4", "-6"], ["-4", "--source", "::1"], ["-6", "--source", "192.0.2.1"],
      ["--srv", "yes"], ["--source", "localhost"],
    ])
  func route(arguments: [String]) {
    #expect(throws: (any Error).self) { try RouteOptions.parse(arguments).check() }
  }

  @Test(
    "no patience at all, and tries beyond counting, are 64",
    arguments: [
      ["--timeout", "0"], ["--connect-timeout", "0s"], ["--retries=-1"], ["--retries", "10001"],
    ])
  func timing(arguments: [String]) throws {
    let timing = try TimingOptions.parse(arguments)
    let failure = #expect(throws: ToolFailure.self) { try timing.check() }
    #expect(failure?.status == .usage)
  }

  @Test("--revocation knows off and staple, and says so to anything else")
  func revocation() throws {
    #expect(try TLSClientOptions.parse([]).revocation == .staple)
    #expect(try TLSClientOptions.parse(["--revocation", "off"]).revocation == .off)
    for value in ["soft", "hard", ""] {
      let error = #expect(throws: (any Error).self) {
        try TLSClientOptions.parse(["--revocation", value])
      }
      let message = try TLSClientOptions.message(for: #require(error))
      #expect(message.contains("'off' and 'staple'"), "\(message)")
    }
  }
}
