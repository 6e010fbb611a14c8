// The time of day where this machine stands, spelled by strftime(3). What goes over the wire and
// into events is UTC (MailDate); dump files have local time, as Postfix's smtp-sink gives them.

internal import Glibc

/// Moments in local time, as text.
enum LocalTime {
  /// Reads the time zone; to be called before the root directory changes, behind which the zone's
  /// file is not to be had.
  static func readZone() { tzset() }

  /// `format` through strftime(3); nil when that is more than `maxByteCount` octets.
  static func text(_ format: String, seconds: Int64, maxByteCount: Int) -> String? {
    var time = time_t(seconds)
    var parts = tm()
    guard localtime_r(&time, &parts) != nil else { return nil }
    // strftime says 0 when the text does not fit, and when it is empty: with one octet more it is
    // never empty. And it needs room for a NUL.
    var text = [CChar](repeating: 0, count: maxByteCount + 2)
    let count = strftime(&text, text.count, format + ".", &parts)
    guard count > 0 else { return nil }
    return String(decoding: text[..<(count - 1)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// `Sat, 21 Nov 2026 07:11:02 -0330 (NST)` (RFC 5322 3.3); a day under 10 has a space before it,
  /// as Postfix writes it.
  static func mailDate(seconds: Int64) -> String {
    text("%a, %e %b %Y %H:%M:%S %z (%Z)", seconds: seconds, maxByteCount: 256) ?? ""
  }
}
