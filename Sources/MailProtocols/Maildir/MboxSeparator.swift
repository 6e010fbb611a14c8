// The line that starts a message in an mbox (RFC 4155 appendix A, mbox(5)):
//   From SENDER Thu Jan  1 00:00:00 1970
// Time in UTC, as asctime(3) prints it.

/// The From_ line of one message.
package enum MboxSeparator {
  /// How the line starts, and what no line of a message may start with.
  static let start = Array("From ".utf8)

  /// The line, its line feed included.
  ///
  /// The null sender is `MAILER-DAEMON`. White space and control octets in a sender, which would
  /// hide where the date starts, become `-`, as qmail writes them.
  /// - Parameter seconds: since 1970, UTC; from year 0 to year 9999.
  package static func line(sender: Span<UInt8>, seconds: Int64) -> [UInt8] {
    var line = start
    for index in sender.indices {
      let octet = sender[index]
      line.append(octet == .space || octet.isControl ? .ascii("-") : octet)
    }
    if sender.isEmpty { line.append(contentsOf: "MAILER-DAEMON".utf8) }
    line.append(.space)
    line.append(contentsOf: asctime(seconds).utf8)
    line.append(.lineFeed)
    return line
  }

  /// `Thu Jan  1 00:00:00 1970`.
  private static func asctime(_ seconds: Int64) -> String {
    let (day, rest) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
    let date = civilDate(day)
    let weekday = weekdays[Int((day + 4).flooredQuotientAndRemainder(dividingBy: 7).remainder)]
    let time = [rest / 3600, rest / 60 % 60, rest % 60].map { pad($0, 2, "0") }
    return [
      weekday, months[date.month - 1], pad(Int64(date.day), 2, " "),
      time.joined(separator: ":"), pad(date.year, 4, "0"),
    ].joined(separator: " ")
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func pad(_ number: Int64, _ width: Int, _ filler: Character) -> String {
    let digits = String(number)
    return String(repeating: filler, count: max(0, width - digits.utf8.count)) + digits
  }

  /// The Gregorian date, `day` days after 1970-01-01. Years start in March here, so that the leap
  /// day is a year's last.
  private static func civilDate(_ day: Int64) -> (year: Int64, month: Int, day: Int) {
    let (era, dayOfEra) = (day + 719_468).flooredQuotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1))
  }
}

extension Int64 {
  /// Division that rounds down, so that the remainder is never negative.
  fileprivate func flooredQuotientAndRemainder(
    dividingBy divisor: Int64
  ) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
