// Scripts from this machine: a file, or standard input, read whole and up to a limit.

internal import Glibc
internal import MailIO
internal import ToolSupport

/// A script to be sent, and where it is from.
struct SieveInput {
  /// The file as it was named; `-` is standard input.
  let file: String
  let octets: [UInt8]

  /// Reads it to the end. Throws 65 over the limit, 66 when there is no such file, 74.
  init(_ file: String, maxByteCount: Int) throws(SieveFailure) {
    self.file = file
    octets = try Self.read(file, maxByteCount)
  }

  /// The file, safe for a terminal.
  var shownFile: String { SieveOutput.safe(file) }

  private static func read(_ file: String, _ maxByteCount: Int) throws(SieveFailure) -> [UInt8] {
    do throws(SystemError) {
      guard file != "-" else {
        return try StandardInput.read { (descriptor) throws(SystemError) in
          try read(descriptor: descriptor, "stdin", maxByteCount)
        }
      }
      let opened = try FileDescriptor.open(file, flags: O_RDONLY | O_NOCTTY, target: file)
      return try read(descriptor: opened.rawValue, file, maxByteCount)
    } catch {
      let reason = String(cString: strerror(error.code))
      let status: ExitStatus =
        switch error.code {
        case ENOENT, ENOTDIR: .noInput
        case EFBIG: .dataError
        case EBUSY: .usage
        default: .ioError
        }
      let text =
        switch status {
        case .dataError: "longer than \(maxByteCount) octets"
        case .usage: "the commands, or the users, are read from there"
        default: reason
        }
      throw SieveFailure(status, text, subject: SieveOutput.safe(file))
    }
  }

  private static func read(
    descriptor: Int32, _ name: String, _ maxByteCount: Int
  ) throws(SystemError) -> [UInt8] {
    var octets: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = retryingInterrupted { Glibc.read(descriptor, &piece, piece.count) }
      guard count >= 0 else { throw SystemError("read", name) }
      if count == 0 { return octets }
      guard octets.count + count <= maxByteCount else {
        throw SystemError("read", name, code: EFBIG)
      }
      octets += piece[..<count]
    }
  }
}
