import MailProtocols
import Testing

@Suite("SCRAM keys")
struct SCRAMKeysTests {
  /// What `gsasl --mkpasswd -m SCRAM-SHA-256 -p pencil` prints for the salt and count of RFC 7677
  /// 3.
  fileprivate static let line =
    "{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,"
    + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

  @Test("a line of the users file is read and written")
  func readAndWritten() throws {
    let keys = try #require(SCRAMKeys(text: Self.line))
    #expect(keys.hash == .sha256)
    #expect(keys.iterations == 4096)
    #expect(keys.salt.count == 16)
    #expect(keys.text == Self.line)
  }

  @Test("keys of every hash survive being written", arguments: SCRAMHash.allCases)
  func inverse(hash: SCRAMHash) throws {
    var random = SplitMix64(seed: UInt64(hash.rawValue))
    for _ in 0..<50 {
      let salt = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      let keys = try #require(
        try SCRAMKeys.derive(
          password: SASLSecret(salt), salt: salt,
          iterations: Int.random(in: 1...1_000_000, using: &random), hash: hash,
          digest: ToyDigest()))
      #expect(SCRAMKeys(text: keys.text) == keys)
      #expect(try keys.match(SASLSecret(salt), digest: ToyDigest()))
      #expect(try !keys.match(SASLSecret(salt + [0]), digest: ToyDigest()))
    }
  }

  @Test(
    "any other text is refused",
    arguments: [
      "", "{SCRAM-SHA-256}", "{SCRAM-SHA-256", "{PLAIN}x", "pencil", "{SCRAM-MD5}1,AA==,AA==,AA==",
      "{SCRAM-SHA-256}0,c2FsdA==,AA==,AA==",
      line.replacing("4096", with: "04096"), line.replacing("4096", with: "x"),
      line.replacing("4096", with: "-1"), line.replacing("SHA-256", with: "SHA-1"),
      line.replacing("SHA-256", with: "sha-256"),
      line.replacing("W22ZaJ0SNY7soEsUEjb6gQ==", with: ""),
      line.replacing("==,", with: "=,"), line + ",", line + ",c4a4", line + " ", " " + line,
    ])
  func junk(text: String) {
    #expect(SCRAMKeys(text: text) == nil)
  }

  @Test("keys of another length than the hash's do not exist")
  func lengths() {
    let key = [UInt8](repeating: 1, count: 20)
    #expect(
      SCRAMKeys(hash: .sha1, iterations: 1, salt: [1], storedKey: key, serverKey: key) != nil)
    #expect(
      SCRAMKeys(hash: .sha224, iterations: 1, salt: [1], storedKey: key, serverKey: key) == nil)
    #expect(SCRAMKeys(hash: .sha1, iterations: 0, salt: [1], storedKey: key, serverKey: key) == nil)
    #expect(SCRAMKeys(hash: .sha1, iterations: 1, salt: [], storedKey: key, serverKey: key) == nil)
    let long = [UInt8](repeating: 0, count: SCRAMLimits.maxSaltByteCount)
    #expect(
      SCRAMKeys(hash: .sha1, iterations: 1, salt: long, storedKey: key, serverKey: key) != nil)
    #expect(
      SCRAMKeys(hash: .sha1, iterations: 1, salt: long + [0], storedKey: key, serverKey: key)
        == nil)
  }
}
