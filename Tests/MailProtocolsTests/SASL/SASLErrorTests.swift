import MailProtocols
import Testing

@Suite("SASL error")
struct SASLErrorTests {
  @Test(
    "errors are told apart by whose fault they are, which exit statuses go by",
    arguments: [
      (SASLError.unusableName(.prohibited(7)), SASLError.Category.credentials),
      (.unusablePassword(.tooLong), .credentials), (.unusableCredentials, .credentials),
      (.credentialsMissing, .unsupported), (.authzidUnsupported, .unsupported),
      (.bindingMissing, .unsupported), (.digestUnavailable, .unsupported),
      (.malformedChallenge, .protocolViolation), (.nonceMismatch, .protocolViolation),
      (.iterationsOutOfRange, .protocolViolation), (.mandatoryExtension, .protocolViolation),
      (.unexpectedChallenge, .protocolViolation), (.unfinished, .protocolViolation),
      (.serverSignatureMissing, .untrustedPeer), (.serverSignatureWrong, .untrustedPeer),
      (.refused(.invalidProof), .refused),
    ])
  func categories(error: SASLError, category: SASLError.Category) {
    #expect(error.category == category)
    #expect(!"\(error)".isEmpty && !"\(error)".contains("\n"))
  }

  @Test("a code point is named, the server's word is repeated from a fixed list alone")
  func descriptions() {
    #expect(
      "\(SASLError.unusablePassword(.prohibited(7)))" == "password: forbidden character U+0007")
    #expect("\(SASLError.refused(.unknownUser))" == "the server says unknown-user")
    #expect(SCRAMServerError(value: "\u{1B}[2Jboo".utf8) == .otherError)
  }
}
