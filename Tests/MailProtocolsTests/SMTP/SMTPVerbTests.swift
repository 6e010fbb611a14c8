import MailProtocols
import Testing

@Suite("SMTP verb")
struct SMTPVerbTests {
  @Test(
    "each verb is known in any case, and its argument starts behind it",
    arguments: SMTPVerb.allCases)
  func known(verb: SMTPVerb) {
    let mixed = verb.rawValue.enumerated().map { index, letter in
      index.isMultiple(of: 2) ? letter.lowercased() : String(letter)
    }.joined()
    for word in [verb.rawValue, verb.rawValue.lowercased(), mixed] {
      for rest in ["", " x", "\tx", " "] {
        let found = SMTPVerb.parse([UInt8]((word + rest).utf8).span)
        #expect(found?.verb == verb)
        #expect(found?.argumentStart == word.utf8.count)
      }
      #expect(SMTPVerb(word: [UInt8](word.utf8)) == verb)
      #expect(SMTPVerb(word: [UInt8]((word + " ").utf8)) == nil)
    }
  }

  @Test(
    "nothing else is a verb",
    arguments: [
      "", " ", "X", "MAI", "MAILS", "MAIL:", " MAIL", "\0MAIL", "\0\0\0\0MAIL", "MAIL\0", "DATA.",
      "STARTTLSX", "STARTTL", "LHL", "N\u{D6}OP", "mail\u{0B}", "LONGERTHANANYVERB",
    ])
  func unknown(line: String) {
    #expect(SMTPVerb.parse([UInt8](line.utf8).span) == nil)
    #expect(SMTPVerb(word: [UInt8](line.utf8)) == nil)
  }

  @Test("the syntax of a verb starts with it")
  func syntax() {
    for verb in SMTPVerb.allCases {
      if let syntax = verb.syntax { #expect(syntax.text.hasPrefix(verb.rawValue)) }
    }
  }
}
