// All places where a message goes, as one: either every store has it, or none does.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// The stores of this run.
struct SinkStores: Sendable {
  private let maildir: MaildirDelivery?
  private let tree: MaildirTree?
  private let dump: DumpDelivery?
  private let mbox: MessageAppender?
  private let dumpAll: MessageAppender?
  private let command: MessageCommand?
  private let inheritedEnvironment: [String]
  /// Where large messages wait until they are stored.
  let overflow: MessageSpool.Overflow

  /// Opens them; throws a `ToolFailure` of status cannotCreate (73).
  init(_ settings: SinkSettings) throws(ToolFailure) {
    do throws(SystemError) {
      let names = MaildirNameSource(host: SystemName.host)
      if let path = settings.maildir, settings.split != nil {
        let opened = try MaildirTree(path: path, names: names, durability: settings.durability)
        tree = opened
        maildir = nil
        // On the same disk, and under no name: that is known when the message is whole.
        overflow = .directory(opened.path)
      } else if let path = settings.maildir {
        let opened = try Maildir(path: path, names: names)
        tree = nil
        maildir = MaildirDelivery(opened, durability: settings.durability)
        overflow = .maildir(opened)
      } else {
        tree = nil
        maildir = nil
        overflow = .directory(nil)
      }
      mbox = try settings.mbox.map { (path) throws(SystemError) in
        try MessageAppender(mbox: path, durability: settings.durability)
      }
    } catch {
      throw ToolFailure(.cannotCreate, error)
    }
    let style = settings.dumps.style(hostname: settings.configuration.hostname)
    dump = settings.dumps.single.map {
      DumpDelivery($0, style: style, durability: settings.durability)
    }
    dumpAll = settings.dumps.all.map {
      MessageAppender(dump: $0, style: style, durability: settings.durability)
    }
    // stdout is for our own records.
    command = settings.execWords.map { MessageCommand($0, output: .descriptor(STDERR_FILENO)) }
    inheritedEnvironment = ProcessEnvironment.variables(without: [
      "SMTP_FROM", "SMTP_RECIPIENTS", "SMTP_PATH", "SMTP_CLIENT_ADDR", "SMTP_HELO", "SMTP_USER",
      "SMTP_PROTO", "SMTP_ID",
    ])
  }

  /// Whether anything is stored at all.
  var isEmpty: Bool {
    maildir == nil && tree == nil && dump == nil && mbox == nil && dumpAll == nil && command == nil
  }

  /// Why a message was not stored.
  enum Failure: Error {
    /// A store failed.
    case system(what: String, SystemError)
    /// The command failed otherwise than by refusing.
    case command(why: String)
    /// The command refused the message for now, or for good.
    case refused(SMTPReply)

    /// What the client is told; nothing of the inside.
    var reply: SMTPReply {
      switch self {
      case .system(_, let error):
        error.code == ENOSPC || error.code == EDQUOT ? .storageFull : .localError
      case .command: .localError
      case .refused(let reply): reply
      }
    }
  }

  /// Stores a message everywhere. The paths of the files that hold it in `folders`; without any, of
  /// the file that holds it, if one does: the Maildir's comes first. `interrupt` cuts the command
  /// short.
  func store(
    _ spool: MessageSpool, stamp: MessageStamp, folders: [MaildirFolderName],
    environment: [String], unless interrupt: Interrupt
  ) throws(Failure) -> [String] {
    var prepared: [any PreparedMessage] = []
    do throws(Failure) {
      try attempt { () throws(SystemError) in try spool.finish() }
      try prepare(spool, stamp, in: maildir, &prepared)
      if let tree {
        prepared += try attempt { () throws(SystemError) in try tree.prepare(spool, in: folders) }
      }
      try prepare(spool, stamp, in: dump, &prepared)
      try runCommand(spool, path: prepared.first?.path, environment, unless: interrupt)
      // What is appended to is locked from prepare to commit: last, always in this order, and not
      // while the command runs.
      try prepare(spool, stamp, in: mbox, &prepared)
      try prepare(spool, stamp, in: dumpAll, &prepared)
      var paths: [String] = []
      for message in prepared {
        if let path = try attempt({ () throws(SystemError) in try message.commit() }) {
          paths.append(path)
        }
      }
      return [String](paths.prefix(max(1, folders.count)))
    } catch {
      for message in prepared { message.rollback() }
      throw error
    }
  }

  private func prepare(
    _ spool: MessageSpool, _ stamp: MessageStamp, in store: (any MessageStore)?,
    _ prepared: inout [any PreparedMessage]
  ) throws(Failure) {
    guard let store else { return }
    let message = try attempt { () throws(SystemError) in try store.prepare(spool, stamp: stamp) }
    prepared.append(message)
  }

  private func attempt<Result>(
    _ body: () throws(SystemError) -> Result
  ) throws(Failure) -> Result {
    do throws(SystemError) {
      return try body()
    } catch {
      throw .system(what: "store", error)
    }
  }

  private func runCommand(
    _ spool: MessageSpool, path: String?, _ environment: [String], unless interrupt: Interrupt
  ) throws(Failure) {
    guard let command else { return }
    let status: ChildStatus
    do throws(SystemError) {
      let own = environment + (path.map { ["SMTP_PATH=\($0)"] } ?? [])
      status = try command.run(
        spool, environment: inheritedEnvironment + own, unless: interrupt)
    } catch {
      throw .system(what: "exec", error)
    }
    switch status {
    case .exited(0): return
    case .exited(75), .exited(11): throw .refused(.localError)
    case .exited(65), .exited(67), .exited(69), .exited(77), .exited(10):
      throw .refused(.policyRefused)
    case .exited(let code): throw .command(why: "ended with status \(code)")
    case .signalled(let signal): throw .command(why: "ended by signal \(signal)")
    case .timedOut: throw .command(why: "took too long")
    }
  }
}
