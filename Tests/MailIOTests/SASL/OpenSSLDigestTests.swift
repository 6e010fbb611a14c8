import MailIO
import MailProtocols
import Testing

@Suite("OpenSSL digest")
struct OpenSSLDigestTests {
  private func hex(_ octets: [UInt8]) -> String {
    String(decoding: Hex.encode(octets.span), as: UTF8.self)
  }

  /// Hash of `abc`; HMAC of the pangram with `key`; PBKDF2 of `password` and `salt`, 4096 times: by
  /// Python's hashlib.
  @Test(
    "hash, HMAC and PBKDF2 are those of Python's hashlib",
    arguments: [
      (
        .sha1, "a9993e364706816aba3e25717850c26c9cd0d89d",
        "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9",
        "4b007901b765489abead49d926f721d065a429c1"
      ),
      (
        .sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "88ff8b54675d39b8f72322e65ff945c52d96379988ada25639747e69",
        "218c453bf90635bd0a21a75d172703ff6108ef603f65bb821aedade1"
      ),
      (
        .sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
        "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"
      ),
      (
        .sha384,
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc23"
          + "58baeca134c825a7",
        "d7f4727e2c0b39ae0f1e40cc96f60242d5b7801841cea6fc592c5d3e1ae50700582a96cf35e1e554"
          + "995fe4e03381c237",
        "559726be38db125bc85ed7895f6e3cf574c7a01c080c3447db1e8a76764deb3c307b94853fbe424f"
          + "6488c5f4f1289626"
      ),
      (
        .sha512,
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
          + "36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "b42af09057bac1e2d41708e48a902e09b5ff7f12ab428a4fe86653c73dd248fb82f948a549f7b791"
          + "a5b41915ee4d1ec3935357e4e2317250d0372afa2ebeeb3a",
        "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5143f30602641b3d5"
          + "5cd335988cb36b84376060ecd532e039b742a239434af2d5"
      ),
      (
        .sha3Bits512,
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c9"
          + "1a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
        "237a35049c40b3ef5ddd960b3dc893d8284953b9a4756611b1b61bffcf53edd979f93547db714b06"
          + "ef0a692062c609b70208ab8d4a280ceee40ed8100f293063",
        "2bfaf2d5ceb6d10f5e262cd902488cfd4489614ecd6709e5ee395dc33f2e9ad7f89d31ad6781e909"
          + "40e9e534ff44b817159ddcd3bdce3373541186b727340231"
      ),
    ] as [(SCRAMHash, String, String, String)])
  func vectors(hash: SCRAMHash, digest: String, keyed: String, stretched: String) throws {
    let openSSL = OpenSSLDigest()
    #expect(hex(try openSSL.hash(Array("abc".utf8), with: hash)) == digest)
    #expect(
      hex(
        try openSSL.hmac(
          Array("The quick brown fox jumps over the lazy dog".utf8), key: Array("key".utf8),
          with: hash)) == keyed)
    #expect(
      hex(
        try openSSL.pbkdf2(
          password: Array("password".utf8), salt: Array("salt".utf8), iterations: 4096, with: hash))
        == stretched)
  }

  @Test("HMAC with MD5, and an empty key after another one")
  func keyedMD5() throws {
    let openSSL = OpenSSLDigest()
    #expect(
      hex(
        try openSSL.hmacMD5(
          Array("The quick brown fox jumps over the lazy dog".utf8), key: Array("key".utf8)))
        == "80070713463e7749b90c2dc24911e275")
    #expect(
      hex(try openSSL.hmac([], key: [], with: .sha256))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test("an iteration count that libcrypto cannot count is refused", arguments: [0, -1, 1 << 31])
  func iterations(count: Int) {
    #expect(throws: SASLError.digestUnavailable) {
      try OpenSSLDigest().pbkdf2(password: [1], salt: [1], iterations: count, with: .sha1)
    }
  }

  @Test("nonces are 24 characters of base64, and never the same")
  func nonces() {
    let nonces = (0..<100).map { _ in SecureRandom.nonce() }
    #expect(Set(nonces).count == 100)
    #expect(nonces.allSatisfy { $0.count == 24 && Base64.decode($0.span)?.count == 18 })
    #expect(SecureRandom.bytes(count: 0).isEmpty)
    let challenges = (0..<100).map { _ in SecureRandom.cramChallenge(host: "mx.test") }
    #expect(Set(challenges).count == 100)
    #expect(
      challenges.allSatisfy {
        $0.count == 42 && $0.first == .ascii("<") && $0.suffix(9).elementsEqual("@mx.test>".utf8)
      })
  }
}
