// The lines of a shell that somebody types, edited by libedit: Emacs' keys, completion by tab, and a
// history that is in memory alone. Shown on standard error, so that data is alone on stdout.

internal import CEdit
internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// An editor of lines on the terminal.
final class LineEditor: ShellLines {
  /// How many lines are remembered.
  static let historyCount: Int32 = 1000

  let isInteractive = true
  private let session: SieveSession
  private let edit: OpaquePointer
  private let history: OpaquePointer
  private var prompt: UnsafeMutablePointer<CChar>?
  /// Whether the line was given up (^C).
  private var isAbandoned = false

  /// Nil when there is no editing on this terminal.
  init?(_ session: SieveSession) {
    // What is typed is UTF-8, whatever the environment says.
    if setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "") }
    guard let edit = postroom_edit_open("sievectl") else { return nil }
    guard let history = history_init() else {
      el_end(edit)
      return nil
    }
    (self.session, self.edit, self.history) = (session, edit, history)
    postroom_edit_set_context(edit, Unmanaged.passUnretained(self).toOpaque())
    postroom_edit_set_up(edit)
    postroom_edit_set_prompt(edit) { LineEditor.of($0).prompt }
    postroom_edit_set_reader(edit) { LineEditor.of($0).read(into: $1) }
    postroom_edit_bind(edit, "\t", "complete", "complete the word") { edit, _ in
      LineEditor.of(edit).complete()
    }
    postroom_edit_bind(edit, "^C", "abandon", "give the line up") { edit, _ in
      LineEditor.of(edit).abandon()
    }
    postroom_edit_bind_known(edit, "^R", "em-inc-search-prev")
    postroom_edit_set_history(edit, history, Self.historyCount)
  }

  deinit {
    el_end(edit)
    history_end(history)
    free(prompt)
  }

  private static func of(_ edit: OpaquePointer?) -> LineEditor {
    Unmanaged.fromOpaque(postroom_edit_context(edit)).takeUnretainedValue()
  }

  func next(_ prompt: String) throws(SieveFailure) -> [UInt8]? {
    free(self.prompt)
    self.prompt = strdup(prompt)
    while session.signals.received == nil {
      isAbandoned = false
      el_resize(edit)
      var count: Int32 = 0
      let text = el_gets(edit, &count)
      if isAbandoned {
        show("^C\n")
        continue
      }
      guard let text, count > 0 else {
        show("\n")
        return nil
      }
      var line = Array(UnsafeRawBufferPointer(start: text, count: Int(count)))
      if line.last == .lineFeed { line.removeLast() }
      if line.contains(where: { !$0.isBlank }) { postroom_edit_remember(history, text) }
      return line
    }
    return nil
  }

  private func show(_ text: String) { RecordOutput.standardError.write(Array(text.utf8)) }

  // MARK: - What libedit calls

  /// Reads a character; 0 at the end and when a signal has come.
  private func read(into character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
    guard let first = octet() else { return 0 }
    var octets = [first]
    let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    while octets.count < count, let next = octet() { octets.append(next) }
    let scalar = String(decoding: octets, as: UTF8.self).unicodeScalars.first
    character?.pointee = wchar_t(scalar?.value ?? 0xFFFD)
    return 1
  }

  private func octet() -> UInt8? {
    var octet: UInt8 = 0
    guard session.signals.waitForInput(of: STDIN_FILENO),
      retryingInterrupted({ Glibc.read(STDIN_FILENO, &octet, 1) }) == 1
    else { return nil }
    return octet
  }

  private func abandon() -> UInt8 {
    isAbandoned = true
    return UInt8(CC_NEWLINE)
  }

  private func complete() -> UInt8 {
    guard let line = el_line(edit)?.pointee else { return UInt8(CC_ERROR) }
    let count = line.cursor - line.buffer
    let octets = UnsafeRawBufferPointer(start: line.buffer, count: count)
    let completion = ShellCompletion(of: String(decoding: octets, as: UTF8.self)) {
      scriptNames()
    }
    if let replacement = completion.replacement {
      el_deletestr(edit, Int32(completion.typed.unicodeScalars.count))
      guard el_insertstr(edit, replacement) == 0 else { return UInt8(CC_ERROR) }
      return UInt8(CC_REFRESH)
    }
    guard completion.candidates.count > 1 else { return UInt8(CC_REFRESH_BEEP) }
    let names = completion.candidates.map { SieveOutput.safe($0) }
    show("\n\(names.joined(separator: "  "))\n")
    return UInt8(CC_REDISPLAY)
  }

  /// The scripts' names, as far as they can be had; none without a connection.
  private func scriptNames() -> [String] {
    do throws(SieveFailure) {
      session.dropIfEnded()
      let scripts = try session.ask { (client) throws(ManageSieveError) in
        try client.listScripts(cached: .allowed)
      }
      return scripts.map(\.name.text)
    } catch {
      return []
    }
  }
}
