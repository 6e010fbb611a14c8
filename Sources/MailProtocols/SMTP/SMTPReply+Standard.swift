// The replies of our servers, in one place: codes after RFC 5321 4.2.3 and 4.3.2, enhanced status
// codes after RFC 3463 and RFC 5248. A reply that is thrown refuses the command it answers.

extension SMTPReply: Error {}

extension SMTPReply {
  private static func make(
    _ code: Int, _ subject: Int, _ detail: Int, _ text: SMTPReplyText
  ) -> SMTPReply {
    SMTPReply(code, EnhancedStatus(subject, detail), text)
  }

  // MARK: Done

  static var ok: SMTPReply { make(250, 0, 0, "OK") }
  static var bye: SMTPReply { make(221, 0, 0, "Bye") }
  static var senderOK: SMTPReply { make(250, 1, 0, "Sender OK") }
  static var recipientOK: SMTPReply { make(250, 1, 5, "Recipient OK") }
  static var startData: SMTPReply { SMTPReply(354, nil, "End data with <CR><LF>.<CR><LF>") }
  static var cannotVerify: SMTPReply {
    make(252, 1, 5, "Cannot VRFY user, but will accept message and attempt delivery")
  }

  static func chunkOK(byteCount: Int) -> SMTPReply {
    make(250, 0, 0, SMTPReplyText("\(byteCount) octets received") ?? "Chunk received")
  }

  // MARK: The command line itself

  static var badSyntax: SMTPReply { make(500, 5, 2, "Error: bad syntax") }
  static var lineTooLong: SMTPReply { make(500, 5, 2, "Error: command line too long") }
  static var bareLineFeed: SMTPReply {
    make(500, 5, 2, "Error: command line ends with a bare <LF>")
  }
  static var controlInLine: SMTPReply { make(501, 5, 2, "Error: <CR> or <NUL> in a command line") }
  static var unknownCommand: SMTPReply { make(500, 5, 1, "Error: command not recognized") }
  static var tooManyUnknown: SMTPReply { make(502, 5, 1, "Too many unrecognized commands") }
  static var notImplemented: SMTPReply { make(502, 5, 1, "Error: command not implemented") }

  static func badSyntax(of word: String) -> SMTPReply {
    make(501, 5, 4, SMTPReplyText("Syntax: \(word)") ?? "Error: bad syntax")
  }

  static func sentTooOften(_ verb: SMTPVerb) -> SMTPReply {
    make(421, 7, 0, SMTPReplyText("\(verb.rawValue) sent too many times") ?? "Too many commands")
  }

  static func syntax(_ verb: SMTPVerb) -> SMTPReply {
    guard let syntax = verb.syntax, let text = SMTPReplyText("Syntax: \(syntax.text)") else {
      return badSyntax
    }
    return make(501, 5, 4, text)
  }

  static var helpUnknown: SMTPReply { make(501, 5, 4, "No help for that; HELP lists the commands") }

  // MARK: Order

  static var noService: SMTPReply { make(503, 5, 1, "Error: no service; send QUIT") }
  static var greetingFirst: SMTPReply { make(503, 5, 1, "Error: send HELO or EHLO first") }
  static var lhloFirst: SMTPReply { make(503, 5, 1, "Error: send LHLO first") }
  static var nestedMail: SMTPReply { make(503, 5, 1, "Error: nested MAIL command") }
  static var mailFirst: SMTPReply { make(503, 5, 1, "Error: need MAIL command") }
  static var recipientFirst: SMTPReply { make(503, 5, 1, "Error: need RCPT command") }
  static var chunksBegun: SMTPReply { make(503, 5, 1, "Error: only BDAT or RSET may follow BDAT") }
  static var chunksFailed: SMTPReply { make(503, 5, 1, "Error: a chunk was refused; send RSET") }
  static var binaryNeedsChunks: SMTPReply { make(503, 5, 1, "Error: BINARYMIME needs BDAT") }
  static var tlsNotAvailable: SMTPReply { make(454, 7, 0, "TLS not available") }
  static var authNotAvailable: SMTPReply { make(503, 5, 1, "Error: authentication not enabled") }

  // MARK: Addresses and parameters

  static var noParametersAfterHelo: SMTPReply {
    make(501, 5, 4, "Error: parameters need EHLO")
  }
  static var unknownParameter: SMTPReply {
    make(555, 5, 4, "Error: parameter not recognized or not implemented")
  }
  static var addressSyntax: SMTPReply { make(501, 5, 2, "Error: bad address syntax") }
  static var malformedAddress: SMTPReply { make(553, 1, 3, "Error: malformed address") }
  static var nullRecipient: SMTPReply { make(501, 1, 3, "Error: null recipient") }
  static var needsUTF8: SMTPReply { make(553, 6, 7, "Error: address needs SMTPUTF8") }
  static var notAnAddress: SMTPReply { make(502, 5, 1, "Error: could not VRFY that") }

  static func badParameter(_ name: String) -> SMTPReply {
    make(501, 5, 4, SMTPReplyText("Error: bad \(name) parameter") ?? "Error: bad parameter")
  }

  static func repeatedParameter(_ name: String) -> SMTPReply {
    make(501, 5, 4, SMTPReplyText("Error: \(name) given twice") ?? "Error: parameter given twice")
  }

  // MARK: Limits and content

  static var tooManyRecipients: SMTPReply { make(452, 5, 3, "Error: too many recipients") }
  static var messageTooLarge: SMTPReply {
    make(552, 3, 4, "Error: message exceeds fixed maximum message size")
  }
  static var dataLineTooLong: SMTPReply { make(500, 5, 2, "Error: line too long") }
  static var bareNewlineInData: SMTPReply {
    make(550, 5, 2, "Error: bare <CR> or <LF> in the message")
  }
  static var eightBitData: SMTPReply { make(500, 6, 1, "Error: 8-bit content is not allowed") }

  // MARK: STARTTLS and AUTH

  static var startTLS: SMTPReply { make(220, 0, 0, "Ready to start TLS") }
  static var tlsActive: SMTPReply { make(503, 5, 1, "Error: TLS already active") }
  static var tlsFirst: SMTPReply { make(530, 7, 0, "Must issue a STARTTLS command first") }
  static var inputBehindStartTLS: SMTPReply {
    make(554, 5, 0, "Error: commands may not follow STARTTLS")
  }

  static var authenticated: SMTPReply { make(235, 7, 0, "Authentication successful") }
  static var authenticationFirst: SMTPReply { make(530, 7, 0, "Authentication required") }
  static var alreadyAuthenticated: SMTPReply { make(503, 5, 1, "Already authenticated") }
  static var authInTransaction: SMTPReply {
    make(503, 5, 1, "Error: AUTH inside a mail transaction")
  }
  static var unknownMechanism: SMTPReply {
    make(504, 5, 4, "Unrecognized authentication type")
  }
  static var encryptionRequired: SMTPReply {
    make(538, 7, 11, "Encryption required for requested authentication mechanism")
  }
  static var badBase64: SMTPReply { make(501, 5, 2, "Error: cannot decode base64") }
  static var badAuthResponse: SMTPReply {
    make(501, 5, 2, "Error: malformed authentication response")
  }
  static var authLineTooLong: SMTPReply {
    make(500, 5, 6, "Error: authentication exchange line is too long")
  }
  static var authAborted: SMTPReply { make(501, 7, 0, "Authentication aborted") }
  static var badCredentials: SMTPReply {
    make(535, 7, 8, "Authentication credentials invalid")
  }
  static var authUnavailable: SMTPReply {
    make(454, 7, 0, "Temporary authentication failure")
  }

  // MARK: The session's end

  package static var timedOut: SMTPReply { make(421, 4, 2, "Error: time-out exceeded") }
  package static var shuttingDown: SMTPReply { make(421, 3, 2, "Service shutting down") }
  package static var localError: SMTPReply { make(451, 3, 0, "Error: local error in processing") }
  package static var storageFull: SMTPReply { make(452, 3, 1, "Error: insufficient storage") }
  package static var policyRefused: SMTPReply { make(550, 7, 1, "Error: refused") }
  package static func stored(id: String) -> SMTPReply {
    make(250, 0, 0, SMTPReplyText("OK: \(id)") ?? "OK")
  }
}
