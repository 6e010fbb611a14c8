import Glibc
import MailProtocols
import Testing

private func seconds(_ text: String) -> Int? { MailDateParser.seconds([UInt8](text.utf8).span) }

@Suite("Mail date")
struct MailDateTests {
  @Test("RFC 3339, RFC 5322 and asctime spell one instant")
  func spellings() {
    let date = MailDate(seconds: 1_795_253_400, milliseconds: 123)
    #expect(date.rfc3339 == "2026-11-21T09:30:00.123Z")
    #expect(date.rfc5322 == "Sat, 21 Nov 2026 09:30:00 +0000")
    #expect(date.asctime == "Sat Nov 21 09:30:00 2026")
  }

  @Test(
    "known instants",
    arguments: [
      (0, "Thu, 1 Jan 1970 00:00:00 +0000", "Thu Jan  1 00:00:00 1970"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000", "Tue Feb 29 00:00:00 2000"),
      (951_868_799, "Tue, 29 Feb 2000 23:59:59 +0000", "Tue Feb 29 23:59:59 2000"),
      (951_868_800, "Wed, 1 Mar 2000 00:00:00 +0000", "Wed Mar  1 00:00:00 2000"),
      (4_107_542_400, "Mon, 1 Mar 2100 00:00:00 +0000", "Mon Mar  1 00:00:00 2100"),
      (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 +0000", "Sun Feb 28 23:59:59 2100"),
      (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 +0000", "Fri Dec 31 23:59:59 9999"),
    ])
  func known(seconds: Int, rfc5322: String, asctime: String) {
    #expect(MailDate(seconds: seconds).rfc5322 == rfc5322)
    #expect(MailDate(seconds: seconds).asctime == asctime)
  }

  @Test("out of range is the nearest there is")
  func clamped() {
    #expect(MailDate(seconds: -1, milliseconds: -1).rfc3339 == "1970-01-01T00:00:00.000Z")
    #expect(MailDate(seconds: .min) == MailDate(seconds: 0))
    #expect(
      MailDate(seconds: .max, milliseconds: 1000).rfc3339 == "9999-12-31T23:59:59.999Z")
    #expect(MailDate(seconds: 253_402_300_800) == MailDate(seconds: 253_402_300_799))
  }

  @Test("the calendar is the C library's, each day of it")
  func calendar() {
    var random = SplitMix64(seed: 1970)
    for day in 0..<MailDate.maxSeconds / 86_400 + 1 {
      let instant = day * 86_400 + Int.random(in: 0..<86_400, using: &random)
      var time = instant
      var parts = tm()
      gmtime_r(&time, &parts)
      let date = MailDate(seconds: instant)
      guard date.year == Int(parts.tm_year) + 1900, date.month == Int(parts.tm_mon) + 1,
        date.day == Int(parts.tm_mday), date.weekday == Int(parts.tm_wday),
        date.hour == Int(parts.tm_hour), date.minute == Int(parts.tm_min),
        date.second == Int(parts.tm_sec)
      else {
        Issue.record("\(instant)")
        return
      }
    }
  }

  @Test("any RFC 5322 date comes back")
  func inverse() {
    var random = SplitMix64(seed: 5322)
    for _ in 0..<5000 {
      let instant = Int.random(in: 0...MailDate.maxSeconds, using: &random)
      #expect(seconds(MailDate(seconds: instant).rfc5322) == instant)
    }
  }

  @Test(
    "RFC 5322 appendix A, and what section 4.3 adds",
    arguments: [
      ("Fri, 21 Nov 1997 09:55:06 -0600", 880_127_706),
      ("Tue, 1 Jul 2003 10:52:37 +0200", 1_057_049_557),
      ("Thu, 13 Feb 1969 23:32 -0330", -27_723_480),
      (
        "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)",
        -27_723_480
      ),
      ("21 Nov 97 09:55:06 GMT", 880_106_106),
      ("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880_127_706),
      ("(a (nested \\) one)) 21 Nov 1997 09:55:06 -0600", 880_127_706),
      ("fri,21 nov 1997 09:55:06 -0600", 880_127_706),
      ("21 Nov 1997 09:55:06 CST", 880_127_706), ("21 Nov 1997 09:55:06 cst", 880_127_706),
      ("21 Nov 1997 10:55:06 EST", 880_127_706), ("21 Nov 1997 11:55:06 EDT", 880_127_706),
      ("21 Nov 1997 10:55:06 CDT", 880_127_706), ("21 Nov 1997 08:55:06 MST", 880_127_706),
      ("21 Nov 1997 09:55:06 MDT", 880_127_706), ("21 Nov 1997 07:55:06 PST", 880_127_706),
      ("21 Nov 1997 08:55:06 PDT", 880_127_706), ("21 Nov 1997 15:55:06 UT", 880_127_706),
      ("21 Nov 1997 15:55:06 Z", 880_127_706), ("21 Nov 1997 15:55:06 A", 880_127_706),
      ("21 Nov 1997 15:55:06 CEST", 880_127_706), ("21 Nov 1997 15:55:06 -0000", 880_127_706),
      ("1 Jan 49 00:00 +0000", 2_493_072_000), ("1 Jan 50 00:00 +0000", -631_152_000),
      ("1 Jan 126 00:00 +0000", 1_767_225_600), ("1 Jan 1900 00:00 +0000", -2_208_988_800),
      ("31 Dec 2016 23:59:60 +0000", 1_483_228_800), ("29 Feb 2000 00:00 +0000", 951_782_400),
    ])
  func parsed(text: String, instant: Int) { #expect(seconds(text) == instant) }

  @Test(
    "anything else is no date",
    arguments: [
      "", "Fri", "Fri,", "Fri 21 Nov 1997 09:55:06 +0000", "Fry, 21 Nov 1997 09:55:06 +0000",
      "21 Nov 1997", "21 Nov 1997 09:55:06", "21 Nov 1997 09 +0000", "21 Nov 1997 9:55:06 +0000",
      "0 Nov 1997 09:55 +0000", "31 Nov 1997 09:55 +0000", "29 Feb 1900 09:55 +0000",
      "29 Feb 2001 09:55 +0000", "121 Nov 1997 09:55 +0000", "21 November 1997 09:55 +0000",
      "21 Nov 1 09:55 +0000", "21 Nov 1899 09:55 +0000", "21 Nov 10000 09:55 +0000",
      "21 Nov 1997 24:00 +0000", "21 Nov 1997 09:60 +0000", "21 Nov 1997 09:55:61 +0000",
      "21 Nov 1997 09:55 +000", "21 Nov 1997 09:55 +00000", "21 Nov 1997 09:55 +0060",
      "21 Nov 1997 09:55 0000", "21 Nov 1997 09:55 +0000 x", "21 Nov 1997 09:55 +0000 (x",
      "21 Nov 1997 09:55 +0000 (\\", "21 Nov 1997 09:55:06 +", "-1 Nov 1997 09:55 +0000",
      "21-Nov-1997 09:55 +0000", "2026-11-21T09:30:00Z", "Sat Nov 21 09:30:00 2026",
    ])
  func refused(text: String) { #expect(seconds(text) == nil) }
}
