// Instants as civil time in UTC, and the spellings mail has for them (RFC 3339, RFC 5322 3.3,
// asctime). Arithmetic alone: no clock, no C library, no local time zone.

/// A millisecond from 1970 to 9999, in UTC.
package struct MailDate: Equatable, Hashable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
  package let seconds: Int
  /// 0 to 999.
  package let milliseconds: Int
  package let year: Int
  /// 1 to 12.
  package let month: Int
  /// 1 to 31.
  package let day: Int
  /// 0 to 6 from Sunday.
  package let weekday: Int

  /// The last second of the year 9999.
  package static let maxSeconds = 253_402_300_799

  /// An instant; seconds before 1970 and after 9999, and milliseconds outside 0 to 999, become the
  /// nearest that there is.
  package init(seconds: Int, milliseconds: Int = 0) {
    self.seconds = min(max(seconds, 0), Self.maxSeconds)
    self.milliseconds = min(max(milliseconds, 0), 999)
    let days = self.seconds / 86_400
    (year, month, day) = Self.civil(day: days)
    weekday = (days + 4) % 7
  }

  package var hour: Int { seconds % 86_400 / 3600 }
  package var minute: Int { seconds % 3600 / 60 }
  package var second: Int { seconds % 60 }

  /// `2026-11-21T09:30:00.123Z` (RFC 3339 5.6).
  package var rfc3339: String {
    let date = "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
    return "\(date)T\(time).\(Self.digits(milliseconds, 3))Z"
  }

  /// `Sat, 21 Nov 2026 09:30:00 +0000` (RFC 5322 3.3); a day under 10 has one digit.
  package var rfc5322: String {
    "\(Self.weekdays[weekday]), \(day) \(Self.months[month - 1]) \(year) \(time) +0000"
  }

  /// `Sat Nov 21 09:30:00 2026`, as in the From_ lines of an mbox (RFC 4155 appendix A); a day
  /// under 10 has a space before it.
  package var asctime: String {
    let day = day < 10 ? " \(day)" : "\(day)"
    return "\(Self.weekdays[weekday]) \(Self.months[month - 1]) \(day) \(time) \(year)"
  }

  private var time: String {
    "\(Self.digits(hour, 2)):\(Self.digits(minute, 2)):\(Self.digits(second, 2))"
  }

  static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func digits(_ value: Int, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  // MARK: The calendar

  /// Days from 1970-01-01 to a date of the Gregorian calendar, from the year 1 on.
  static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let before = year - 1
    let leapDays = before / 4 - before / 100 + before / 400
    let dayOfYear = daysBeforeMonth[month - 1] + (month > 2 && isLeap(year) ? 1 : 0) + day - 1
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    return before * 365 + leapDays + dayOfYear - 719_162
  }

  static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static let daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

  private static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  /// The date that lies `day` days, none negative, after 1970-01-01.
  private static func civil(day: Int) -> (year: Int, month: Int, day: Int) {
    // Years of 365 days come out too late by less than one in a thousand, hence the steps back.
    var year = 1970 + day / 365
    while dayNumber(year: year, month: 1, day: 1) > day { year -= 1 }
    var month = 12
    while dayNumber(year: year, month: month, day: 1) > day { month -= 1 }
    return (year, month, day - dayNumber(year: year, month: month, day: 1) + 1)
  }
}
