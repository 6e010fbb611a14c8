// What a command is given before there is a connection, and how it reads its operands.

internal import MailProtocols
internal import ToolSupport

/// The operands of a command, and what it may want to know.
struct SieveRequest {
  /// The command's name, for messages.
  let command: String
  /// The operands before `--`, without the URL.
  let operands: [String]
  /// The words behind `--`.
  let trailing: [String]
  /// The script in the URL, which stands for the first NAME.
  let urlScript: SieveScriptName?
  /// Whether there is a server to ask.
  let isConnected: Bool
  let settings: SieveSettings
  let diagnostics: Diagnostics

  /// All operands.
  var all: [String] { operands + trailing }

  /// All operands as names, the URL's before them. Throws 64 for too few or too many, 65 for what
  /// is no name.
  /// - Parameter usage: `NAME...`, for the message.
  func names(_ count: ClosedRange<Int>, _ usage: String) throws(SieveFailure) -> [SieveScriptName] {
    var names = urlScript.map { [$0] } ?? []
    for text in all { names.append(try name(text)) }
    guard count.contains(names.count) else { throw wrongCount(names.count, count, usage) }
    return names
  }

  /// One operand as a name, with a warning about what looks like another. Throws 65.
  func name(_ text: String) throws(SieveFailure) -> SieveScriptName {
    do throws(SieveScriptNameError) {
      let name = try SieveScriptName(text)
      if name.isDecomposed {
        diagnostics.problem(
          "\(name): a letter and a mark where one character is usual (NFD); sent as typed")
      }
      return name
    } catch {
      throw SieveFailure(.dataError, "\(SieveOutput.safe(text)): the name \(error)")
    }
  }

  /// Throws 64 unless there are so many operands.
  func requireOperands(_ count: ClosedRange<Int>, _ usage: String) throws(SieveFailure) {
    guard count.contains(all.count) else { throw wrongCount(all.count, count, usage) }
  }

  /// Throws 64 when the URL names a script that the command has no use for.
  func refuseScript() throws(SieveFailure) {
    guard urlScript == nil else {
      throw SieveFailure(.usage, "\(command): the URL names a script, and no NAME is taken")
    }
  }

  private func wrongCount(
    _ count: Int, _ range: ClosedRange<Int>, _ usage: String
  ) -> SieveFailure {
    let much = count < range.lowerBound ? "too few" : "too many"
    return SieveFailure(.usage, "\(command): \(much) operands; usage: \(command) \(usage)")
  }
}
