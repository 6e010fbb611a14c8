// How a server broke the protocol, with the octets it did that by. Nothing may be sent to it after
// that: where its next response begins is not known.

/// A breach of RFC 5804 by the server.
package struct SieveProtocolError: Error, Equatable, Sendable {
  /// What was wrong.
  package enum Reason: String, Sendable {
    case lineTooLong = "a line over the limit"
    case literalTooLong = "a literal over the limit"
    case tooManyLines = "a response of too many lines"
    case responseTooLong = "a response over the limit"
    case tooManyWords = "a line of too many words"
    case malformedLine = "a line that cannot be parsed"
    case unknownStatus = "neither OK nor NO nor BYE"
    case unexpectedLine = "a line that answers nothing"
    case unexpectedResponse = "a response that answers nothing"
    case malformedListing = "a line that names no script"
    case malformedCapability = "a line that names no capability"
    case missingScript = "OK without a script"
    case malformedChallenge = "a challenge that is not base64"
    case octetsBehindStartTLS = "octets between STARTTLS and TLS"
  }

  /// Offending octets that are kept at most.
  package static let maxOctetCount = 200

  /// What was wrong.
  package let reason: Reason
  /// The first of the octets that are to blame, untrusted.
  package let octets: [UInt8]

  init(_ reason: Reason, _ octets: some Collection<UInt8>) {
    self.reason = reason
    self.octets = Array(octets.prefix(Self.maxOctetCount))
  }
}

extension SieveProtocolError: CustomStringConvertible {
  /// One line; the server's octets in it are escaped.
  package var description: String {
    if octets.isEmpty { return "the server sent \(reason.rawValue)" }
    return "the server sent \(reason.rawValue): \(EscapedText.text(octets.span, for: .terminal))"
  }
}
