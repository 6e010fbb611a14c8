import MailProtocols
import Testing

@Suite("SASLprep")
struct SASLprepTests {
  /// RFC 4013 3.
  @Test(
    "the examples of RFC 4013",
    arguments: [
      ("I\u{AD}X", "IX"), ("user", "user"), ("USER", "USER"), ("\u{AA}", "a"), ("\u{2168}", "IX"),
    ])
  func examples(input: String, output: String) throws {
    #expect(try text(SASLprep.prepare(wire(input), for: .stored)) == output)
  }

  @Test(
    "what RFC 4013 and its tables forbid is named by code point",
    arguments: [
      ("\u{07}", SASLprepError.prohibited(0x07)), ("\u{627}1", .mixedDirections),
      ("a\u{7F}", .prohibited(0x7F)), ("a\u{2028}", .prohibited(0x2028)),
      ("\u{FFFD}", .prohibited(0xFFFD)), ("\u{E000}", .prohibited(0xE000)),
      ("\u{10FFFF}", .prohibited(0x10FFFF)), ("\u{E0041}", .prohibited(0xE0041)),
      ("\u{627}a\u{627}", .mixedDirections), ("1\u{627}", .mixedDirections),
    ])
  func refusals(input: String, error: SASLprepError) {
    #expect(throws: error) { try SASLprep.prepare(wire(input), for: .query) }
    #expect(throws: error) { try SASLprep.prepare(wire(input), for: .stored) }
  }

  @Test(
    "a code point newer than Unicode 3.2 is refused where it is stored, not where it is asked for")
  func unassigned() throws {
    #expect(throws: SASLprepError.unassigned(0x1F600)) {
      try SASLprep.prepare(wire("\u{1F600}"), for: .stored)
    }
    #expect(try SASLprep.prepare(wire("\u{1F600}"), for: .query) == wire("\u{1F600}"))
    #expect(throws: SASLprepError.unassigned(0x221)) {
      try SASLprep.prepare(wire("\u{221}"), for: .stored)
    }
  }

  @Test(
    "octets that are not UTF-8 are refused",
    arguments: [[0xC3], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x61, 0x80], [0xF5, 0x80]])
  func invalid(octets: [UInt8]) {
    #expect(throws: SASLprepError.invalidUTF8) { try SASLprep.prepare(octets, for: .query) }
  }

  @Test("the limit is 1024 octets")
  func limit() throws {
    let longest = [UInt8](repeating: .ascii("a"), count: SASLprep.maxByteCount)
    #expect(try SASLprep.prepare(longest, for: .stored) == longest)
    #expect(throws: SASLprepError.tooLong) {
      try SASLprep.prepare(longest + [.ascii("a")], for: .stored)
    }
  }

  @Test("what is mapped to nothing leaves nothing; U+200B is a space, as GNU libidn has it")
  func mapping() throws {
    #expect(try SASLprep.prepare(wire("\u{AD}\u{FEFF}"), for: .stored) == [])
    #expect(try SASLprep.prepare(wire("a\u{200B}\u{A0}b"), for: .stored) == wire("a  b"))
  }

  @Test("both normal forms of a password are one password")
  func normalization() throws {
    let composed = try SASLprep.prepare(wire("p\u{E4}ssw\u{F6}rd"), for: .stored)
    #expect(try SASLprep.prepare(wire("pa\u{308}sswo\u{308}rd"), for: .stored) == composed)
  }

  @Test("an error never shows the string")
  func description() {
    #expect("\(SASLprepError.prohibited(7))" == "forbidden character U+0007")
    #expect("\(SASLprepError.unassigned(0x1F600))".contains("U+1F600"))
  }

  @Test("seven hundred random strings come out as Python's stringprep has them")
  func vectors() throws {
    let lines = SASLFixture.lines("saslprep.txt")
    #expect(lines.count == 700)
    for line in lines {
      let fields = line.split(separator: ";").map {
        $0.split(separator: " ").joined(separator: " ")
      }
      try #require(fields.count == 3)
      let input = octets(fields[0])
      #expect(outcome(input, .stored) == fields[1], "\(fields[0]), stored")
      #expect(outcome(input, .query) == fields[2], "\(fields[0]), query")
    }
  }

  @Test("preparing twice changes nothing")
  func idempotence() {
    for line in SASLFixture.lines("saslprep.txt") {
      let input = octets(String(line.prefix { $0 != ";" }))
      guard let once = try? SASLprep.prepare(input, for: .query) else { continue }
      #expect((try? SASLprep.prepare(once, for: .query)) == once, "\(line)")
    }
  }

  private func octets(_ codes: String) -> [UInt8] {
    codes.split(separator: " ").flatMap { code -> [UInt8] in
      guard let value = UInt32(code, radix: 16), let scalar = Unicode.Scalar(value) else {
        fatalError("no scalar: \(code)")
      }
      return Array(String(Character(scalar)).utf8)
    }
  }

  private func outcome(_ input: [UInt8], _ purpose: SASLprep.Purpose) -> String {
    do throws(SASLprepError) {
      let output = try SASLprep.prepare(input, for: purpose)
      let codes = String(decoding: output, as: UTF8.self).unicodeScalars.map { hex($0.value) }
      return codes.isEmpty ? "-" : codes.joined(separator: " ")
    } catch {
      switch error {
      case .prohibited(let code): return "prohibited \(hex(code))"
      case .unassigned(let code): return "unassigned \(hex(code))"
      case .mixedDirections: return "mixed directions"
      case .invalidUTF8: return "invalid"
      case .tooLong: return "too long"
      }
    }
  }

  private func hex(_ code: UInt32) -> String {
    let digits = String(code, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
