// The meaning of the parameters of MAIL and RCPT, and the replies to bad ones: SIZE (RFC 1870),
// BODY (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531), AUTH (RFC 4954 5), RET ENVID NOTIFY ORCPT
// (RFC 3461).

/// Parameters to options, by the keywords that the server has.
package struct SMTPOptionsParser: Sendable {
  private let keywords: SMTPKeywords
  private let maxByteCount: Int

  /// `maxByteCount` is the SIZE limit in octets; 0 is none.
  package init(keywords: SMTPKeywords, maxByteCount: Int) {
    self.keywords = keywords
    self.maxByteCount = maxByteCount
  }

  /// The options of MAIL; throws the refusing reply.
  package func mail(_ parameters: [SMTPParameter]) throws(SMTPReply) -> SMTPMailOptions {
    var options = SMTPMailOptions()
    guard !parameters.isEmpty else { return options }
    options.parameters = parameters
    for parameter in parameters {
      switch parameter.name {
      case "SIZE" where keywords.contains(.size):
        options.size = try size(parameter)
      case "BODY" where keywords.contains(.eightBitMIME) || keywords.contains(.binaryMIME):
        options.body = try body(parameter)
      case "SMTPUTF8" where keywords.contains(.smtpUTF8):
        guard parameter.value == nil else { throw .badParameter("SMTPUTF8") }
        options.usesUTF8 = true
      case "AUTH":
        options.authenticatedSender = try authenticatedSender(parameter)
      case "RET" where keywords.contains(.dsn):
        guard let value = SMTPReturnContent(rawValue: parameter.upperCaseValue) else {
          throw .badParameter("RET")
        }
        options.returnContent = value
      case "ENVID" where keywords.contains(.dsn):
        // RFC 3461 4.4: up to 100 characters.
        guard let value = parameter.value, value.count <= 100, let text = Xtext.decode(value.span)
        else {
          throw .badParameter("ENVID")
        }
        options.envelopeID = text
      default:
        throw .unknownParameter
      }
    }
    return options
  }

  /// The options of RCPT; throws the refusing reply.
  package func rcpt(_ parameters: [SMTPParameter]) throws(SMTPReply) -> SMTPRecipientOptions {
    var options = SMTPRecipientOptions()
    guard !parameters.isEmpty else { return options }
    options.parameters = parameters
    for parameter in parameters {
      switch parameter.name {
      case "NOTIFY" where keywords.contains(.dsn):
        options.notify = try notify(parameter)
      case "ORCPT" where keywords.contains(.dsn):
        options.originalRecipient = try originalRecipient(parameter)
      default:
        throw .unknownParameter
      }
    }
    return options
  }

  private func size(_ parameter: SMTPParameter) throws(SMTPReply) -> Int {
    // RFC 1870 6.1: 1 to 20 digits, which an Int may not hold; such a message is too large anyway.
    guard let value = parameter.value, (1...20).contains(value.count),
      value.allSatisfy(\.isDigit)
    else { throw .badParameter("SIZE") }
    var position = 0
    let size = value.span.decimal(at: &position, before: value.count) ?? Int.max
    if maxByteCount > 0 && size > maxByteCount { throw .messageTooLarge }
    return size
  }

  private func body(_ parameter: SMTPParameter) throws(SMTPReply) -> SMTPBodyType {
    guard let body = SMTPBodyType(rawValue: parameter.upperCaseValue) else {
      throw .badParameter("BODY")
    }
    let needed: SMTPKeywords =
      switch body {
      case .sevenBit: []
      case .eightBitMIME: .eightBitMIME
      case .binaryMIME: [.binaryMIME, .chunking]
      }
    guard keywords.isSuperset(of: needed) else { throw .unknownParameter }
    return body
  }

  private func authenticatedSender(_ parameter: SMTPParameter) throws(SMTPReply) -> [UInt8] {
    guard let value = parameter.value, !value.isEmpty else { throw .badParameter("AUTH") }
    if value == [UInt8]("<>".utf8) { return [] }
    guard let text = Xtext.decode(value.span) else { throw .badParameter("AUTH") }
    return text
  }

  private func notify(_ parameter: SMTPParameter) throws(SMTPReply) -> SMTPNotify {
    var notify: SMTPNotify = []
    let words = parameter.upperCaseValue.split(separator: ",", omittingEmptySubsequences: false)
    for word in words {
      switch word {
      case "NEVER" where words.count == 1: return []
      case "SUCCESS": notify.insert(.success)
      case "FAILURE": notify.insert(.failure)
      case "DELAY": notify.insert(.delay)
      default: throw .badParameter("NOTIFY")
      }
    }
    return notify
  }

  private func originalRecipient(
    _ parameter: SMTPParameter
  ) throws(SMTPReply) -> (type: String, address: [UInt8]) {
    // RFC 3461 4.2: addr-type ";" xtext, 500 characters at most.
    guard let value = parameter.value, value.count <= 500,
      let semicolon = value.firstIndex(of: UInt8.ascii(";")), semicolon > 0,
      value[..<semicolon].allSatisfy({ $0.isAlpha || $0.isDigit || $0 == UInt8.ascii("-") }),
      semicolon + 1 < value.count
    else { throw .badParameter("ORCPT") }
    let type = String(decoding: value[..<semicolon], as: UTF8.self)
    let text = value.span.extracting((semicolon + 1)...)
    // RFC 6533 3: utf-8-addr-unitext is UTF-8 as it is, which the parameter was read as already.
    if keywords.contains(.smtpUTF8) && text.hasEightBit && type.lowercased() == "utf-8" {
      return (type, text.copy(0..<text.count))
    }
    guard let address = Xtext.decode(text) else { throw .badParameter("ORCPT") }
    return (type, address)
  }
}

extension SMTPParameter {
  /// The value as upper-case ASCII text; empty without one.
  fileprivate var upperCaseValue: String {
    String(decoding: (value ?? []).map(\.uppercased), as: UTF8.self)
  }
}
