// What a test expects of the messages that come: words that must all hold for one message, and how
// many such messages there shall be. smtp-sink(1), EXPECTATIONS, is the grammar.

/// What an expectation asks a message.
package protocol SMTPMessageFacts {
  /// The sender without brackets; empty for the null sender.
  var sender: [UInt8] { get }
  var recipients: [[UInt8]] { get }
  /// The name the client logged in with.
  var user: [UInt8]? { get }
  /// The client's address in text.
  var client: [UInt8] { get }
  /// Octets received, stuffed dots removed.
  var byteCount: Int { get }
  var usesTLS: Bool { get }
  /// Values of a header field, unfolded and decoded.
  func header(_ name: String) -> [[UInt8]]
  /// The start of the body.
  var body: [UInt8] { get }
}

/// One expectation. It counts the messages that match; see `SMTPExpectationParser` for its words.
package struct SMTPExpectation: Sendable {
  /// Octets of the body that patterns see.
  package static let maxBodyByteCount = 1 << 20

  /// A test of text: a glob or a regular expression.
  package typealias TextTest = @Sendable ([UInt8]) -> Bool

  /// A demand on one message.
  enum Condition: Sendable {
    case sender(TextTest)
    case recipient(TextTest)
    case user(TextTest)
    case client(TextTest)
    case header(String, TextTest)
    case body(TextTest)
    case largerThan(Int)
    case smallerThan(Int)
    case tls(Bool)
    case auth(Bool)
  }

  /// A demand on the number of matching messages.
  enum Count: Equatable, Sendable {
    case atLeast(Int)
    case atMost(Int)
    case exactly(Int)
  }

  /// The expectation as it was written.
  package let text: String
  let conditions: [Condition]
  let count: Count
  /// Messages that matched so far.
  package private(set) var matchCount = 0

  init(text: String, conditions: [Condition], count: Count) {
    self.text = text
    self.conditions = conditions
    self.count = count
  }

  /// Whether a condition looks at the body, which then has to be kept.
  package var needsBody: Bool {
    conditions.contains {
      switch $0 {
      case .body: true
      case .sender, .recipient, .user, .client, .header, .largerThan, .smallerThan, .tls, .auth:
        false
      }
    }
  }

  /// Whether it holds now.
  package var holds: Bool {
    switch count {
    case .atLeast(let number): matchCount >= number
    case .atMost(let number): matchCount <= number
    case .exactly(let number): matchCount == number
    }
  }

  /// Whether it holds whatever comes.
  package var holdsForGood: Bool {
    switch count {
    case .atLeast: holds
    case .atMost, .exactly: false
    }
  }

  /// Whether a message meets all conditions.
  package func matches(_ message: some SMTPMessageFacts) -> Bool {
    conditions.allSatisfy { condition in
      switch condition {
      case .sender(let test): test(message.sender)
      case .recipient(let test): message.recipients.contains(where: test)
      case .user(let test): message.user.map(test) ?? false
      case .client(let test): test(message.client)
      case .header(let name, let test): message.header(name).contains(where: test)
      case .body(let test): test(message.body)
      case .largerThan(let limit): message.byteCount > limit
      case .smallerThan(let limit): message.byteCount < limit
      case .tls(let wanted): message.usesTLS == wanted
      case .auth(let wanted): (message.user != nil) == wanted
      }
    }
  }

  /// Counts a message that matched.
  package mutating func countMatch() {
    matchCount += 1
  }
}
