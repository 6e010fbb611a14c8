// Files that are there as a whole or not at all: written beside their place under another name,
// then moved. A symbolic link in their place is replaced, not followed.

internal import Glibc
internal import MailIO
internal import ToolSupport

/// Writes files.
enum WholeFile {
  /// Writes a file, mode 0600. Throws 73 where none can be made, 74 when writing fails.
  /// - Parameter path: as the user gave it; `-` is no file.
  static func write(_ octets: [UInt8], to path: String) throws(SieveFailure) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(folder).sievectl.\(getpid()).\(random)"
    do throws(SystemError) {
      let file = try FileDescriptor.open(
        temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600, target: path)
      do throws(SystemError) {
        try file.writeAll(octets.span, target: path)
        try file.synchronize(path)
        guard rename(temporary, path) == 0 else { throw SystemError("rename", path) }
      } catch {
        unlink(temporary)
        throw error
      }
    } catch {
      let status: ExitStatus =
        switch error.call {
        case "open", "rename": .cannotCreate
        default: .ioError
        }
      let reason = String(cString: strerror(error.code))
      throw SieveFailure(status, reason, subject: SieveOutput.safe(path))
    }
  }
}
