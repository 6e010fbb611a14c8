import MailProtocols
import Testing

private func decoded(_ value: String) -> String { EncodedWord.decode([UInt8](value.utf8).span) }

@Suite("Encoded word")
struct EncodedWordTests {
  @Test(
    "RFC 2047 section 8",
    arguments: [
      ("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>"),
      ("=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld Jørn Simonsen"),
      (
        "=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>",
        "André Pirard <PIRARD@vm1.ulg.ac.be>"
      ),
      (
        "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-1?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
        "If you can read this you understand the example."
      ),
      ("(=?ISO-8859-1?Q?a?=)", "(a)"), ("(=?ISO-8859-1?Q?a?= b)", "(a b)"),
      ("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"),
      ("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"),
      ("(=?ISO-8859-1?Q?a?=\r\n\t=?ISO-8859-1?Q?b?=)", "(ab)"),
      ("(=?ISO-8859-1?Q?a_b?=)", "(a b)"),
      ("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?_b?=)", "(a b)"),
    ])
  func rfc2047(value: String, text: String) { #expect(decoded(value) == text) }

  @Test(
    "encodings, charsets and language tags have no case",
    arguments: [
      ("=?utf-8?b?Z3LDvG4=?=", "grün"), ("=?UTF-8?B?Z3LDvG4=?=", "grün"),
      ("=?Utf-8*de?q?gr=c3=BCn?=", "grün"), ("=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"),
      ("=?iso-8859-15?q?=A4=A6=A8=B4=B8=BC=BD=BE=E9?=", "€ŠšŽžŒœŸé"),
      ("=?Windows-1252?Q?=80=93x=94=E9=9F?=", "€“x”éŸ"), ("=?cp1252?Q?=81?=", #"\x81"#),
      ("=?iso-8859-1?q?=A4=A0=FF?=", "¤\u{A0}ÿ"), ("=?us-ascii?q?=E9?=", #"\xE9"#),
      ("=?utf-8?q?=E9?=", #"\xE9"#), ("=?utf-8?q??=", ""), ("=?utf-8?b??=", ""),
    ])
  func charsets(value: String, text: String) { #expect(decoded(value) == text) }

  @Test(
    "a character split over two words is whole again, over two charsets it is not",
    arguments: [
      ("=?utf-8?q?=E2=82?= =?utf-8?b?rA==?=", "€"), ("=?utf-8?q?=E2=82?= =?utf8*en?q?=AC?=", "€"),
      ("=?utf-8?q?=E2=82?==?utf-8?q?=AC?=", "€"),
      ("=?utf-8?q?=C3?= =?iso-8859-1?q?=A9?=", #"\xC3©"#),
      ("=?utf-8?q?=C3?= x =?utf-8?q?=A9?=", #"\xC3 x \xA9"#),
    ])
  func joined(value: String, text: String) { #expect(decoded(value) == text) }

  @Test(
    "what is malformed or unknown stays as it stands",
    arguments: [
      "=?koi8-r?q?x?=", "=?utf-8?x?abc?=", "=?utf-8?q?a b?=", "=?utf-8?q?a=?=", "=?utf-8?q?a=4?=",
      "=?utf-8?q?a=XY?=", "=?utf-8?b?Zg?=", "=?utf-8?b?Zg=?=", "=?utf-8?b?Z g=?=", "=?utf-8?q?a",
      "=?utf-8?q?a?", "=?utf-8?q", "=?utf-8?", "=?utf-8", "=?", "=", "=?=", "=??=", "=???=",
      "=????=", "??q?x?=", "=?utf-8?qq?x?=", "=?utf-8??x?=", "=?utf-8?q?a?b?=", "=?*en?q?a?=",
      "=?utf-8?q?a? =", "",
    ])
  func malformed(value: String) { #expect(decoded(value) == value) }

  @Test("a malformed word does not hide the one behind it, and keeps its spaces")
  func afterMalformed() {
    #expect(decoded("=?utf-8?q?a=?utf-8?q?b?=") == "=?utf-8?q?ab")
    #expect(decoded("=?x?q?a?= =?utf-8?q?b?= =?x?q?c?=") == "=?x?q?a?= b =?x?q?c?=")
    #expect(decoded("a=?utf-8?q?b?=c") == "abc")
  }

  @Test("8-bit outside words is UTF-8 or escaped")
  func raw() {
    #expect(decoded("grün \\ =?utf-8?q?=C3=BC?=") == "grün \\ ü")
    let latin: [UInt8] = [0x67, 0x72, 0xFC, 0x6E, 0xE2, 0x82]
    #expect(EncodedWord.decode(latin.span) == #"gr\xFCn\xE2\x82"#)
  }

  @Test("a hundred thousand question marks take no time")
  func linear() {
    for unit in ["=?", "=?utf-8?q?", "=?utf-8?q?a?= ", "?"] {
      let value = String(repeating: unit, count: 100_000)
      #expect(decoded(value).utf8.count <= value.utf8.count)
    }
  }

  @Test("any text in Q or B comes back, cut into words anywhere")
  func inverse() {
    var random = SplitMix64(seed: 2047)
    let alphabet = Array("ab =?_é€😀\\\n".unicodeScalars)
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        text.unicodeScalars.append(alphabet.randomElement(using: &random)!)
      }
      let octets = [UInt8](text.utf8)
      let cut = Int.random(in: 0...octets.count, using: &random)
      let first = octets[..<cut].map {
        "=" + String(decoding: Hex.encode([$0].span), as: UTF8.self)
      }
      let second = Base64.encode([UInt8](octets[cut...]).span)
      let value =
        "=?utf-8?q?\(first.joined())?= =?utf-8?b?\(String(decoding: second, as: UTF8.self))?="
      #expect(decoded(value) == text)
    }
  }
}
