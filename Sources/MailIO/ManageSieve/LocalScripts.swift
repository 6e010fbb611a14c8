// Scripts in a private folder, for editors and other programs that want files: what was changed goes
// back, and the folder goes when its owner does.

internal import Glibc
package import MailProtocols

/// Scripts as files, each under its own name.
package final class LocalScripts {
  /// A script and its file.
  package struct Script: Equatable, Sendable {
    /// Its name on the server.
    package let name: SieveScriptName
    /// Its file.
    package let path: String
    /// What the server has, or had; nil for a script that is new.
    package let original: [UInt8]?
  }

  /// The folder, mode 0700.
  package let directory: String
  /// Those that have not gone back yet.
  package private(set) var scripts: [Script] = []
  private var isKept = false

  /// What to do about a script that is not there.
  package enum Missing: Sendable { case refuse, create }

  /// Gets scripts into a new folder.
  ///
  /// Throws `noFileName` for a script that cannot be a file of its name, before anything is got.
  package init(
    _ names: [SieveScriptName], from client: ManageSieveClient, missing: Missing = .refuse,
    suffix: String = ""
  ) throws(ManageSieveError) {
    for name in names where name.fileName(suffix: suffix) == nil { throw .noFileName(name) }
    do throws(SystemError) {
      directory = try Self.makeDirectory()
    } catch {
      throw .file(error)
    }
    for name in names { scripts.append(try get(name, from: client, missing, suffix)) }
  }

  deinit { if !isKept { remove() } }

  /// The files that have not gone back yet.
  package var paths: [String] { scripts.map(\.path) }

  /// Leaves the files where they are when this goes.
  package func keep() { isKept = true }

  /// What is in a file now.
  package func content(of script: Script, limit: Int) throws(ManageSieveError) -> [UInt8] {
    do throws(SystemError) {
      let file = try FileDescriptor.open(
        script.path, flags: O_RDONLY | O_NOFOLLOW, target: script.path)
      let count = try file.byteCount(script.path)
      guard count <= limit else { throw SystemError("read", script.path, code: EFBIG) }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
      defer { buffer.deallocate() }
      let got = try file.read(at: 0, into: buffer, target: script.path)
      return [UInt8](buffer[..<got])
    } catch {
      throw .file(error)
    }
  }

  /// Stores what was changed, script by script; each that is done leaves `scripts`, whether it was
  /// changed or not. Throws at the first that the server refuses; it and those behind it stay.
  /// - Returns: the names that were stored.
  @discardableResult
  package func reupload(to client: ManageSieveClient) throws(ManageSieveError) -> [SieveScriptName]
  {
    var stored: [SieveScriptName] = []
    while let script = scripts.first {
      let octets = try content(of: script, limit: client.options.maxScriptByteCount)
      if octets != script.original ?? [] {
        try client.putScript(octets, as: script.name)
        stored.append(script.name)
      }
      scripts.removeFirst()
    }
    return stored
  }

  private func get(
    _ name: SieveScriptName, from client: ManageSieveClient, _ missing: Missing, _ suffix: String
  ) throws(ManageSieveError) -> Script {
    var original: [UInt8]?
    do throws(ManageSieveError) {
      original = try client.getScript(name)
    } catch .refused(let refusal) where refusal.cause == .nonexistent {
      guard case .create = missing else { throw .refused(refusal) }
    }
    guard let fileName = name.fileName(suffix: suffix) else { throw .noFileName(name) }
    // Names that are no UTF-8 still make a path that can be opened.
    let path = Array(directory.utf8) + Array("/".utf8) + fileName
    let text = String(decoding: path, as: UTF8.self)
    guard Array(text.utf8) == path else { throw .noFileName(name) }
    do throws(SystemError) {
      let file = try FileDescriptor.open(
        text, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600, target: text)
      let octets = original ?? []
      try file.writeAll(octets.span, target: text)
      try file.close(text)
    } catch {
      throw .file(error)
    }
    return Script(name: name, path: text, original: original)
  }

  private static func makeDirectory() throws(SystemError) -> String {
    let template = "\(TemporaryFile.defaultDirectory)/postroom.XXXXXX"
    var path = Array(template.utf8CString)
    guard mkdtemp(&path) != nil else { throw SystemError("mkdtemp", template) }
    return String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The folder and the files in it, those that an editor left beside ours included.
  private func remove() {
    guard let stream = opendir(directory) else { return }
    defer {
      closedir(stream)
      rmdir(directory)
    }
    while let entry = readdir(stream) {
      _ = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { unlinkat(dirfd(stream), $0, 0) }
      }
    }
  }
}
