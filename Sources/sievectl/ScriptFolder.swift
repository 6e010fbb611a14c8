// A folder that mirrors the scripts of a server: a plain file each, and `.active`, one line with the
// name of the one that runs. What is hidden, ends otherwise, is a backup (`*~`) or no plain file is
// not a script, and is left alone.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Scripts in a folder.
struct ScriptFolder {
  /// The file that names the active script.
  static let activeFile = ".active"
  /// What the names of the files end with, unless said otherwise.
  static let defaultSuffix = ".sieve"

  /// A script.
  struct Script {
    let name: SieveScriptName
    let input: SieveInput
    var octets: [UInt8] { input.octets }
  }

  /// The folder as the user named it, with a slash at its end.
  private let prefix: String
  private let path: String
  private let suffix: String

  /// Throws status usage (64) for a suffix that is none.
  init(_ path: String, suffix: String) throws(SieveFailure) {
    guard !suffix.utf8.contains(where: { $0.isControl || $0 == .ascii("/") }) else {
      throw SieveFailure(.usage, "--suffix: no end of a file name: \(SieveOutput.safe(suffix))")
    }
    guard !path.isEmpty else { throw SieveFailure(.noInput, "no folder") }
    self.path = path
    self.suffix = suffix
    prefix = path.hasSuffix("/") ? path : path + "/"
  }

  /// Where a script belongs; nil when it cannot be a file of its name.
  func file(of name: SieveScriptName) -> String? {
    guard let file = name.fileName(suffix: suffix), file.span.isWellFormedUTF8 else { return nil }
    return prefix + String(decoding: file, as: UTF8.self)
  }

  // MARK: - Reading

  /// The scripts, by name. Throws 66 when there is no such folder, 65 for a file whose name is no
  /// script's and for one over the limit, 74.
  func scripts(maxByteCount: Int) throws(SieveFailure) -> [Script] {
    var scripts: [Script] = []
    for file in try files() {
      let name: SieveScriptName
      do throws(SieveScriptNameError) {
        name = try SieveScriptName(octets: file.dropLast(suffix.utf8.count))
      } catch {
        let shown = EscapedText.text(file.span, for: .terminal)
        throw SieveFailure(.dataError, "\(SieveOutput.safe(prefix))\(shown): the name \(error)")
      }
      let path = prefix + String(decoding: file, as: UTF8.self)
      scripts.append(Script(name: name, input: try SieveInput(path, maxByteCount: maxByteCount)))
    }
    return scripts
  }

  /// The script that `.active` names; nil when there is no such file, or nothing in it. Throws 65
  /// for more than a line, and for what is no name.
  func activeName() throws(SieveFailure) -> SieveScriptName? {
    let file = prefix + Self.activeFile
    guard access(file, F_OK) == 0 else { return nil }
    var line = try SieveInput(file, maxByteCount: SieveScriptName.maxByteCount + 1).octets
    if line.last == .lineFeed { line.removeLast() }
    if line.isEmpty { return nil }
    do throws(SieveScriptNameError) {
      return try SieveScriptName(octets: line)
    } catch {
      throw SieveFailure(.dataError, "\(SieveOutput.safe(file)): the name \(error)")
    }
  }

  /// The names of the files that are scripts, sorted by octets.
  private func files() throws(SieveFailure) -> [[UInt8]] {
    guard let stream = opendir(path) else {
      let status: ExitStatus = errno == ENOENT || errno == ENOTDIR ? .noInput : .ioError
      throw failure(status, path, errno)
    }
    defer { closedir(stream) }
    var files: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw failure(.ioError, path, errno) }
        break
      }
      let file = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if isScript(file), isPlainFile(file, dirfd(stream)) { files.append(file) }
    }
    return files.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func isScript(_ file: [UInt8]) -> Bool {
    let stem = file.dropLast(suffix.utf8.count)
    return file.first != .ascii(".") && !stem.isEmpty && stem.last != .ascii("~")
      && file.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// A link that leads nowhere counts: somebody will want to know.
  private func isPlainFile(_ file: [UInt8], _ directory: Int32) -> Bool {
    var status = stat()
    let name = file.map(CChar.init(bitPattern:)) + [0]
    guard fstatat(directory, name, &status, 0) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFREG
  }

  // MARK: - Writing

  /// Makes the folder, mode 0700, if it is not there. Throws 73.
  func make() throws(SieveFailure) {
    guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw failure(.cannotCreate, path, errno)
  }

  /// Says which script is active; with nil, that nothing is known. Throws 73, 74; 65 for a name
  /// that is more than a line.
  func setActive(_ name: SieveScriptName?) throws(SieveFailure) {
    let file = prefix + Self.activeFile
    guard let name else {
      guard unlink(file) != 0, errno != ENOENT else { return }
      throw failure(.cannotCreate, file, errno)
    }
    let line = SieveOutput.octets(of: name)
    guard !line.contains(where: \.isControl) else {
      throw SieveFailure(.dataError, "\(name): no name for \(Self.activeFile)")
    }
    try WholeFile.write(line + [.lineFeed], to: file)
  }

  private func failure(_ status: ExitStatus, _ path: String, _ code: Int32) -> SieveFailure {
    SieveFailure(status, "\(SieveOutput.safe(path)): \(String(cString: strerror(code)))")
  }
}
