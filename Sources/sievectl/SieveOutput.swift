// What goes to stdout: records that end with LF or NUL, JSON lines, or scripts. Kept until it is
// whole, so that nothing is printed of what the server did not finish.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// The data that a command puts out.
final class SieveOutput {
  /// How records look.
  enum Form: Sendable {
    /// A line each.
    case lines
    /// Ended by NUL, as they are (`-0`).
    case nul
    /// JSON lines.
    case json
  }

  let form: Form
  private let destination: RecordOutput?
  private let isTerminal: Bool
  private var kept: [UInt8] = []
  /// Whether anything has left.
  private(set) var hasWritten = false

  /// Output to stdout.
  init(_ form: Form) {
    self.form = form
    destination = RecordOutput(descriptor: STDOUT_FILENO, name: "stdout")
    isTerminal = isatty(STDOUT_FILENO) == 1
  }

  /// Output in the form of `output` that is kept for `take`, and for `output.append` after that.
  convenience init(keepingFor output: SieveOutput) {
    self.init(form: output.form, isTerminal: output.isTerminal)
  }

  /// Lines that are kept for `take`, to be shown on a terminal by another program.
  static func paged() -> SieveOutput { SieveOutput(form: .lines, isTerminal: true) }

  private init(form: Form, isTerminal: Bool) {
    self.form = form
    self.isTerminal = isTerminal
    destination = nil
  }

  /// Records that another output kept.
  func append(_ octets: [UInt8]) { kept += octets }

  /// What was kept, which is then gone from here.
  func take() -> [UInt8] {
    defer { kept = [] }
    return kept
  }

  // MARK: - Records

  /// A line of text of ours.
  func line(_ text: String) {
    end(Array(text.utf8))
  }

  /// A line of text of the server, or of both.
  func line(octets: [UInt8]) {
    end(shown(octets))
  }

  /// A script's name.
  func name(_ name: SieveScriptName, behind prefix: String = "") {
    end(Array(prefix.utf8) + shown(Self.octets(of: name)))
  }

  /// A JSON object.
  func object(_ body: (inout JSONLine) -> Void) {
    var line = JSONLine()
    body(&line)
    kept += line.finish()
  }

  /// A script; on a terminal without what would act on it.
  func content(_ octets: [UInt8]) {
    guard isTerminal else {
      kept += octets
      return
    }
    for line in octets.split(separator: .lineFeed, omittingEmptySubsequences: false) {
      let text = line.last == .carriageReturn ? line.dropLast() : line
      let cells = text.split(separator: .tab, omittingEmptySubsequences: false)
      let safe = cells.map { EscapedText.text(Array($0).span, for: .field) }
      kept += safe.joined(separator: "\t").utf8
      kept.append(.lineFeed)
    }
    kept.removeLast()
  }

  /// Writes what is kept. Throws status ioError (74), or ends the process quietly with 141 when
  /// nobody reads any more.
  func flush() throws(SieveFailure) {
    guard let destination, !kept.isEmpty else { return }
    hasWritten = true
    destination.write(take())
    guard let failure = destination.failure else { return }
    if failure.code == EPIPE { exit(128 + SIGPIPE) }
    throw SieveFailure(.ioError, "\(failure)")
  }

  private func end(_ record: [UInt8]) {
    kept += record
    kept.append(form == .nul ? .nul : .lineFeed)
  }

  /// With NUL as it is; in lines without what would end one; on a terminal without what acts on it.
  private func shown(_ octets: [UInt8]) -> [UInt8] {
    if form == .nul { return octets }
    if isTerminal { return Array(EscapedText.text(octets.span, for: .terminal).utf8) }
    return Self.holdsControls(octets)
      ? Array(EscapedText.text(octets.span, for: .field).utf8) : octets
  }

  /// Whether there are C0, DEL, or C1 as UTF-8 has them.
  private static func holdsControls(_ octets: [UInt8]) -> Bool {
    if octets.contains(where: \.isControl) { return true }
    return zip(octets, octets.dropFirst()).contains { $0 == 0xC2 && (0x80...0x9F).contains($1) }
  }

  // MARK: - Names

  /// A name's octets as a file or a pipe gets them: encoded words decoded, all else as it came.
  static func octets(of name: SieveScriptName) -> [UInt8] {
    name.wire.span.isWellFormedUTF8 ? Array(name.text.utf8) : name.wire
  }

  /// Text of anybody, safe for a terminal.
  static func safe(_ text: String) -> String { EscapedText.text(text, for: .terminal) }
}

extension JSONLine {
  /// `name`, and `name_b64` where the server knows the script by other octets.
  mutating func add(_ name: SieveScriptName) {
    add("name", name.text)
    if !name.text.utf8.elementsEqual(name.wire) {
      add("name_b64", String(decoding: Base64.encode(name.wire.span), as: UTF8.self))
    }
  }

  /// `size` and `sha256` of a script.
  mutating func add(sizeOf script: [UInt8]) {
    add("size", script.count)
    let digest = Digest()
    digest.update(script.span)
    add("sha256", String(decoding: Hex.encode(digest.finish().span), as: UTF8.self))
  }

  /// `ok:false status code message line`.
  mutating func add(_ failure: SieveFailure) {
    add("ok", false)
    add("status", Int(failure.status.rawValue))
    add("code", failure.code)
    add("message", failure.summary)
    add("line", failure.line)
  }
}
