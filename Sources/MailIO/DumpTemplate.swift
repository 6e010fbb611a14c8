// The name of a dump file: strftime(3) makes it from a template and the time.

internal import Glibc

/// A template for names of dump files. Where it leads, `..` included, is its author's business.
package struct DumpTemplate: Sendable {
  /// The most octets of a name, the number that `--dump` appends not counted.
  package static let maxByteCount = 4096

  private let text: String

  /// A template as Postfix's smtp-sink takes it; the time zone is read now.
  package init(_ text: String) {
    self.text = text
    LocalTime.readZone()
  }

  /// The name at a moment, given in seconds since 1970, in local time; ENAMETOOLONG when it is more
  /// than `maxByteCount` octets.
  package func path(seconds: Int64) throws(SystemError) -> String {
    guard let path = LocalTime.text(text, seconds: seconds, maxByteCount: Self.maxByteCount) else {
      throw SystemError("open", text, code: ENAMETOOLONG)
    }
    return path
  }
}
