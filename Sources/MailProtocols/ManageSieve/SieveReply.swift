// All that answers one command: the data lines, and the line with the status.

/// A server's answer to a command.
package struct SieveReply: Equatable, Sendable {
  /// What was asked; nil for what came unasked.
  package let verb: SieveVerb?
  /// The data lines, in order.
  package let lines: [SieveLine]
  /// The end.
  package let response: SieveResponse

  /// Whether the server said OK.
  package var isOK: Bool { response.status == .ok }

  /// The scripts of a LISTSCRIPTS reply.
  package var scripts: [SieveScriptEntry] { lines.compactMap(SieveScriptEntry.init) }

  /// The script of a GETSCRIPT reply that is OK.
  package var script: [UInt8]? {
    guard isOK, verb == .getScript else { return nil }
    return lines.first?.tokens.first?.string
  }

  /// The text of `OK (WARNINGS)`.
  package var warning: [UInt8]? {
    isOK && response.matches("WARNINGS") ? response.text : nil
  }

  /// The data of `OK (SASL "...")`, decoded; nil when there are none. Throws when they are not
  /// base64.
  package func saslData() throws(SieveProtocolError) -> [UInt8]? {
    guard let text = response.saslText else { return nil }
    guard let octets = Base64.decode(text.span) else {
      throw SieveProtocolError(.malformedChallenge, [])
    }
    return octets
  }
}
