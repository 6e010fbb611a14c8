// The replies to XCLIENT and XFORWARD, codes and enhanced codes as of Postfix's smtpd.

extension SMTPReply {
  static var forwarded: SMTPReply { SMTPReply(250, EnhancedStatus(0, 0), "Ok") }
  static var notAuthorized: SMTPReply {
    SMTPReply(550, EnhancedStatus(7, 0), "Error: insufficient authorization")
  }
  static var inTransaction: SMTPReply {
    SMTPReply(503, EnhancedStatus(5, 1), "Error: MAIL transaction in progress")
  }
  static var attributeExpected: SMTPReply {
    SMTPReply(501, EnhancedStatus(5, 4), "Error: attribute=value expected")
  }
  static var attributeTooLong: SMTPReply {
    SMTPReply(501, EnhancedStatus(5, 4), "Error: attribute value too long")
  }

  static func unknownAttribute(of verb: SMTPVerb) -> SMTPReply {
    let text = SMTPReplyText("Bad \(verb.rawValue) attribute name")
    return SMTPReply(501, EnhancedStatus(5, 4), text ?? "Bad attribute name")
  }

  static func badAttribute(_ name: String) -> SMTPReply {
    let text = SMTPReplyText("Bad \(name) syntax")
    return SMTPReply(501, EnhancedStatus(5, 4), text ?? "Bad attribute syntax")
  }
}
