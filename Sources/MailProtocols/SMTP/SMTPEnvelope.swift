// The envelope of a message: who sent it, who shall have it, and what MAIL and RCPT said besides.

/// BODY of MAIL (RFC 6152, RFC 3030).
package enum SMTPBodyType: String, Sendable {
  case sevenBit = "7BIT"
  case eightBitMIME = "8BITMIME"
  case binaryMIME = "BINARYMIME"
}

/// RET of MAIL (RFC 3461 4.3).
package enum SMTPReturnContent: String, Sendable {
  case full = "FULL"
  case headers = "HDRS"
}

/// NOTIFY of RCPT (RFC 3461 4.1); empty is NEVER.
package struct SMTPNotify: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package static let success = SMTPNotify(rawValue: 1)
  package static let failure = SMTPNotify(rawValue: 2)
  package static let delay = SMTPNotify(rawValue: 4)
}

/// The parameters of MAIL, checked.
package struct SMTPMailOptions: Equatable, Sendable {
  /// As they were given, in their order.
  package var parameters: [SMTPParameter] = []
  /// Octets that the client expects the message to have.
  package var size: Int?
  package var body: SMTPBodyType?
  package var usesUTF8 = false
  /// AUTH, decoded from xtext; empty for `<>` (RFC 4954 5).
  package var authenticatedSender: [UInt8]?
  package var returnContent: SMTPReturnContent?
  /// ENVID, decoded from xtext.
  package var envelopeID: [UInt8]?

  package init() {}
}

/// The parameters of RCPT, checked.
package struct SMTPRecipientOptions: Equatable, Sendable {
  /// As they were given, in their order.
  package var parameters: [SMTPParameter] = []
  package var notify: SMTPNotify?
  /// ORCPT: the address type, and the address decoded from xtext.
  package var originalRecipient: (type: String, address: [UInt8])?

  package init() {}

  package static func == (one: SMTPRecipientOptions, other: SMTPRecipientOptions) -> Bool {
    one.parameters == other.parameters && one.notify == other.notify
      && one.originalRecipient?.type == other.originalRecipient?.type
      && one.originalRecipient?.address == other.originalRecipient?.address
  }
}

/// One accepted RCPT.
package struct SMTPRecipient: Equatable, Sendable {
  package let path: SMTPPath
  package let options: SMTPRecipientOptions
  /// Its place among the recipients that RCPT accepted, from 0. Under LMTP some may be refused
  /// after the data, and the places of the others stay.
  package let place: Int

  package init(path: SMTPPath, options: SMTPRecipientOptions, place: Int) {
    self.path = path
    self.options = options
    self.place = place
  }
}

/// An accepted MAIL and what RCPT added to it.
package struct SMTPEnvelope: Equatable, Sendable {
  package let sender: SMTPPath
  package let options: SMTPMailOptions
  package var recipients: [SMTPRecipient] = []

  package init(sender: SMTPPath, options: SMTPMailOptions) {
    self.sender = sender
    self.options = options
  }
}
