// XCLIENT and XFORWARD in a server: who may use them, and what they do to a session.

/// The commands by which another server tells of its client.
package struct SMTPForwarding: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let xclient = SMTPForwarding(rawValue: 1)
  package static let xforward = SMTPForwarding(rawValue: 2)

  /// The lines of the EHLO reply.
  var ehloLines: [SMTPReplyText] {
    var lines: [SMTPReplyText] = []
    if contains(.xclient) {
      lines.append("XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT")
    }
    if contains(.xforward) { lines.append("XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE") }
    return lines
  }
}

extension SMTPServerSession {
  /// A connection came through a proxy that said this of it; to be called before `open`.
  package mutating func proxyPresent(_ header: ProxyHeader) {
    state.proxy = header
  }

  /// The client may use the command, and not within a transaction.
  func checkForwarding(_ command: SMTPForwarding) throws(SMTPReply) {
    if state.envelope != nil { throw .inTransaction }
    guard policy.forwarding(state).contains(command) else { throw .notAuthorized }
  }

  /// Takes the session back to its greeting, as a session with the client that XCLIENT tells of.
  mutating func xclient(_ attributes: XclientAttributes) throws(SMTPReply) {
    // The greeting that follows is the reply; a policy refuses, or has no say in its text.
    guard try settle(policy.xclient(attributes, state), .forwarded) != nil else { return }
    resetTransaction()
    state.become(attributes)
    greet()
  }

  mutating func xforward(_ attributes: XforwardAttributes) throws(SMTPReply) {
    guard let reply = try settle(policy.xforward(attributes, state), .forwarded) else { return }
    state.xforward = state.xforward.map(attributes.over) ?? attributes
    write(reply)
  }
}

extension SMTPSessionState {
  /// The client is from now on the one that XCLIENT tells of.
  mutating func become(_ attributes: XclientAttributes) {
    let all = xclient.map(attributes.over) ?? attributes
    xclient = all
    xforward = nil
    envelope = nil
    helo = all.helo?.value?.octets
    isExtended = helo != nil && all.protocolName == .esmtp
    identity = all.login?.value.map {
      SASLIdentity(authcid: String(decoding: $0.octets, as: UTF8.self))
    }
  }
}
