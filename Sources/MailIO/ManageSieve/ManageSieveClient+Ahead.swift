// Commands that are sent before the method is called that needs their replies: who knows what will be
// asked next saves the round trips, and the methods stay as they are (RFC 5804 1.1).

package import MailProtocols

extension ManageSieveClient {
  /// A command that was sent ahead, and its reply when that was read already.
  struct Ahead {
    let command: SieveCommand
    var reply: SieveReply?
  }

  /// Puts a command in line for the server. The next method here that sends this very command waits
  /// for its reply instead; replies that nobody asks for are read and forgotten.
  /// - Returns: false, and nothing is sent, when the command cannot go now: too many are on their
  ///   way (`ManageSieveOptions.pipelineDepth`), it must be the last one, or the server has it not.
  package func sendAhead(_ command: SieveCommand) -> Bool {
    guard !isOver, command.verb.isPipelined, capabilities.offers(command.verb),
      session.canSend(command.verb)
    else { return false }
    session.send(command)
    forget(command.verb)
    ahead.append(Ahead(command: command))
    return true
  }

  /// Whether a command was sent ahead whose reply nobody has taken.
  package func wasSentAhead(_ command: SieveCommand) -> Bool {
    ahead.contains { $0.command == command }
  }

  /// Whether the server has said something, or hung up, that nobody has read.
  package var hasInput: Bool {
    do throws(ConnectionError) {
      return try connection.hasInput()
    } catch {
      return true
    }
  }

  /// The reply to a command that was sent ahead; nil when it was not.
  func replySentAhead(to command: SieveCommand) throws(ManageSieveError) -> SieveReply? {
    guard let index = ahead.firstIndex(where: { $0.command == command }) else { return nil }
    while ahead[index].reply == nil { try readOneAhead() }
    return ahead.remove(at: index).reply
  }

  /// Reads all replies that are due, so that another command can be sent.
  func settleAhead() throws(ManageSieveError) {
    while ahead.contains(where: { $0.reply == nil }) { try readOneAhead() }
  }

  private func readOneAhead() throws(ManageSieveError) {
    guard let next = ahead.firstIndex(where: { $0.reply == nil }) else { return }
    do throws(ManageSieveError) {
      try transmit()
      ahead[next].reply = try awaitReply()
    } catch {
      ahead = []
      throw error
    }
  }
}
