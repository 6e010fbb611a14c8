// Files that say what a tool does, and hold no secrets: others may read them, but not write.

internal import Glibc
internal import MailIO

/// Reads configuration.
enum PublicFile {
  /// The octets of a file that only its owner, us or root, can write; nil when there is no such
  /// file. Throws status configuration (78).
  static func octets(_ path: String, maxByteCount: Int) throws(ToolFailure) -> [UInt8]? {
    let file: FileDescriptor
    do throws(SystemError) {
      file = try .open(path, flags: O_RDONLY | O_NOCTTY, target: path)
    } catch {
      if error.code == ENOENT { return nil }
      throw unusable(path, String(cString: strerror(error.code)))
    }
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else {
      throw unusable(path, String(cString: strerror(errno)))
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFIFO else {
      throw unusable(path, "neither a file nor a pipe")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw unusable(path, "it belongs to another user, who could change it")
    }
    let mode = status.st_mode & 0o777
    guard mode & 0o022 == 0 else {
      throw unusable(
        path, "others can change it (mode \(String(mode, radix: 8))); chmod go-w it")
    }
    do throws(SecretInput.ReadFailure) {
      return try SecretInput.read(
        file.rawValue, maxByteCount: maxByteCount, until: .after(SecretInput.patience))
    } catch {
      switch error {
      case .tooLong: throw unusable(path, "longer than \(maxByteCount) octets")
      case .timedOut: throw unusable(path, "its end did not come in time")
      case .failed(let error): throw unusable(path, String(cString: strerror(error.code)))
      }
    }
  }

  private static func unusable(_ path: String, _ reason: String) -> ToolFailure {
    ToolFailure(.configuration, "\(path): \(reason)")
  }
}
