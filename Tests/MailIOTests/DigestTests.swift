import MailIO
import Testing

@Suite("Digest")
struct DigestTests {
  @Test(
    "known answers of FIPS 180-4, one after another in one context",
    arguments: [["abc", "", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "abc"]])
  func knownAnswers(messages: [String]) {
    let answers = [
      "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ]
    let digest = Digest()
    for message in messages {
      digest.update(Array(message.utf8).span)
      #expect(hex(digest.finish()) == answers[message])
    }
  }

  @Test("a million times a, in pieces of any size", arguments: [1, 63, 64, 65, 65_536, 1_000_000])
  func pieces(pieceCount: Int) {
    let digest = Digest()
    var rest = 1_000_000
    let piece = [UInt8](repeating: 0x61, count: pieceCount)
    while rest > 0 {
      let count = min(rest, pieceCount)
      let part = piece[..<count]
      digest.update(part.span)
      rest -= count
    }
    #expect(
      hex(digest.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  private func hex(_ octets: [UInt8]) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
