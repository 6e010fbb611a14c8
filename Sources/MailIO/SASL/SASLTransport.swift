// A protocol that carries SASL messages (RFC 4422 4): what differs between ManageSieve, IMAP and SMTP
// is an adapter of a few lines; the exchange is the same.

package import MailProtocols

/// What a server answers in an exchange.
package enum SASLTransportAnswer: Sendable {
  /// Its next message.
  case challenge([UInt8])
  /// Yes, with data or without; no data and empty data differ.
  case success([UInt8]?)
  /// No.
  case refused(SASLRefusalCode?)
}

/// Carries the messages of one exchange after another. Base64 and line ends are its business.
package protocol SASLTransport {
  associatedtype Failure: Error

  /// Whether `begin` can carry an initial response.
  var initialResponse: SASLClientExchange.InitialResponse { get }

  /// Asks for a mechanism. A nil initial response is none, an empty one is a message.
  mutating func begin(_ mechanism: SASLMechanismName, initial: [UInt8]?) throws(Failure)
  /// Answers a challenge.
  mutating func send(_ response: [UInt8]) throws(Failure)
  /// Waits for what the server says.
  mutating func receive() throws(Failure) -> SASLTransportAnswer
  /// The server said yes and is believed.
  mutating func end() throws(Failure)
  /// Gives up between two messages, and waits for the server's no.
  mutating func abort() throws(Failure)
}
