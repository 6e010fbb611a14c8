import Testing
import ToolSupport

@Suite("JSON line")
struct JSONLineTests {
  private func text(_ body: (inout JSONLine) -> Void) -> String {
    var line = JSONLine()
    body(&line)
    return String(decoding: line.finish(), as: UTF8.self)
  }

  @Test("members in their order, and none for a value that is not there")
  func members() {
    #expect(text { _ in } == "{}\n")
    #expect(
      text {
        $0.add("b", "x")
        $0.add("none", nil as String?)
        $0.add("a", -12)
        $0.add("none", nil as Int?)
        $0.add("yes", true)
        $0.add("no", false)
        $0.add("none", nil as Bool?)
      } == #"{"b":"x","a":-12,"yes":true,"no":false}"# + "\n")
  }

  @Test(
    "durations are seconds to the millisecond",
    arguments: [
      (.zero, "0.000"), (.milliseconds(7), "0.007"), (.milliseconds(1234), "1.234"),
      (.microseconds(999_999), "0.999"), (.seconds(86_400), "86400.000"),
    ] as [(Duration, String)])
  func seconds(duration: Duration, expected: String) {
    #expect(text { $0.add("s", seconds: duration) } == "{\"s\":\(expected)}\n")
  }

  @Test("objects and arrays; an object without members is left out")
  func nested() {
    #expect(
      text {
        $0.add("empty") { (_: inout JSONLine) in }
        $0.add("one") { (line: inout JSONLine) in
          line.add("empty") { (_: inout JSONLine) in }
          line.add("x", 1)
        }
        $0.add("list", [1, 2]) { (line: inout JSONLine, number: Int) in line.add("n", number) }
        $0.add("nothing", [Int]()) { (_: inout JSONLine, _: Int) in }
        $0.add("object") { (line: inout JSONLine) in
          line.add(name: "a\"b", "v")
          line.add(name: "c", nil)
        }
      } == #"{"one":{"x":1},"list":[{"n":1},{"n":2}],"nothing":[],"object":{"a\"b":"v","c":null}}"#
        + "\n")
  }

  @Test("every character comes back through a strict parser, on one line")
  func escapes() throws {
    let scalars = (0..<0x3000).compactMap { Unicode.Scalar($0) } + ["\u{FFFF}", "\u{1F600}"]
    var all = String.UnicodeScalarView()
    all.append(contentsOf: scalars)
    let value = String(all)
    let octets = text { $0.add("v", value) }.utf8
    #expect(octets.filter { $0 < 0x20 || $0 == 0x7F } == [0x0A])
    let parsed = try #require(JSONValue(octets.dropLast()))
    #expect(parsed["v"]?.string.map { Array($0.utf8) } == Array(value.utf8))
    #expect(text { $0.add("v", "\u{1}\u{7F}\u{1B}\"\\/") }.contains(#""\u0001\u007f\u001b\"\\/""#))
  }
}

@Suite("JSON parser of the tests")
struct JSONValueTests {
  @Test(
    "is strict",
    arguments: [
      "", "{", "{}x", "{'a':1}", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "[1,]", "01", "1.", ".5", "+1",
      "1e", "nul", "\"\t\"", "\"\\x\"", "\"\\ud800\"", "\"a", "{\"a\" 1}", "NaN",
    ])
  func refused(text: String) {
    #expect(JSONValue(text.utf8) == nil)
  }

  @Test("takes JSON")
  func parsed() {
    #expect(JSONValue("\"\\u00e9\\ud83d\\ude00\\n\"".utf8) == .string("é😀\n"))
    #expect(
      JSONValue(" [ -1.5e+2 , true, null, {} ] ".utf8)
        == .array([.number(-150), .bool(true), .null, .object([])]))
    #expect(JSONValue([0x22, 0xFF, 0x22]) == nil)
  }
}
