import MailProtocols
import Testing

private typealias Verb = ReplyRuleAction.Verb

private func fault(_ text: String) -> String? {
  do {
    _ = try rule(text)
    return nil
  } catch {
    return "\(error.column): \(error.reason)"
  }
}

private func fileFault(_ octets: [UInt8]) -> String? {
  do {
    _ = try ruleParser.parseFile(octets, name: "rules.txt")
    return nil
  } catch {
    return error.description
  }
}

private func repeated(_ text: String, _ count: Int) -> String {
  String(repeating: text, count: count)
}

private let conditionNames =
  "from=, to=, user=, helo=, client=, tls=, auth=, size>, size<, nth=, every=, odds=, first=, "
  + "after=, rate=, per="
private let stageNames =
  "connect, proxy, helo, ehlo, lhlo, starttls, auth, mail, rcpt, data, bdat, ., rset, noop, vrfy, "
  + "expn, help, quit, xclient, unknown, any"
private let verbNames = "NNN [TEXT], close, reset, stall, drop or ok"
private let form = "no colon followed by a space: a rule is STAGE [CONDITION]...: ACTION"

@Suite("Reply rule parser")
struct ReplyRuleParserTests {
  @Test("every stage by its name, in either case", arguments: ReplyRuleStage.allCases)
  func stages(stage: ReplyRuleStage) throws {
    #expect(try rule("\(stage.name): close").scope == .only(stage))
    #expect(try rule("\(stage.name.uppercased()): close").scope == .only(stage))
    let isAny = stage != .connect && stage != .proxy
    #expect(try rule("Any: close").scope.includes(stage) == isAny)
  }

  @Test(
    "every action",
    arguments: [
      ("rcpt: 550 5.1.1 No such user", .init(.reply(SMTPReply(550, nil, "5.1.1 No such user")))),
      ("rcpt: 550", .init(.reply(SMTPReply(550, nil, "")))),
      ("rcpt: 550 ", .init(.reply(SMTPReply(550, nil, "")))),
      ("rcpt: 550  two spaces ", .init(.reply(SMTPReply(550, nil, " two spaces ")))),
      ("rcpt: 250 Fine", .init(.reply(SMTPReply(250, nil, "Fine")))),
      ("data: 354 Go", .init(.reply(SMTPReply(354, nil, "Go")))),
      ("auth: 334 xyz", .init(.reply(SMTPReply(334, nil, "xyz")))),
      ("any: 421 Bye", .init(.reply(SMTPReply(421, nil, "Bye")))),
      ("proxy: 554 no", .init(.reply(SMTPReply(554, nil, "no")))),
      (
        #"ehlo: 250 a\nSIZE 5\n"#,
        .init(.reply(SMTPReply(250, nil, "a", more: ["SIZE 5", ""])))
      ),
      ("rcpt: 450 a\nb", .init(.reply(SMTPReply(450, nil, "a", more: ["b"])))),
      (#"rcpt: 450 a\b\\c\"#, .init(.reply(SMTPReply(450, nil, #"a\b\\c\"#)))),
      (
        "rcpt: 450 mailbox: full: really",
        .init(.reply(SMTPReply(450, nil, "mailbox: full: really")))
      ),
      ("rcpt: 450 délai", .init(.reply(SMTPReply(450, nil, "délai")))),
      ("rcpt: close", .init(.close)), ("rcpt: RESET ", .init(.reset)),
      ("rcpt:  stall", .init(.stall)),
      (".: drop", .init(.drop)), ("rcpt: ok", .init(.ok)),
      ("rcpt: delay=1.5s ok", .init(.ok, delay: .milliseconds(1500))),
      ("data: slow=1k ok", .init(.ok, bytesPerSecond: 1024)),
      (
        "data: slow=10 delay=2 354 Go",
        .init(.reply(SMTPReply(354, nil, "Go")), delay: .seconds(2), bytesPerSecond: 10)
      ),
      ("bdat: DELAY=1m SLOW=1 ok", .init(.ok, delay: .seconds(60), bytesPerSecond: 1)),
    ] as [(String, ReplyRuleAction)])
  func actions(text: String, action: ReplyRuleAction) throws {
    #expect(try rule(text).action == action)
  }

  @Test("421, close and reset end the connection; nothing else does")
  func endings() throws {
    for text in ["any: 421 x", "any: close", "any: reset"] {
      #expect(try rule(text).action.endsConnection)
    }
    for text in ["any: 450 x", "any: stall", ".: drop", "any: ok", "quit: 221 x"] {
      #expect(try !rule(text).action.endsConnection)
    }
  }

  @Test("the text comes back from the wire as it was written")
  func wire() throws {
    guard case .reply(let reply) = try rule(#"rcpt: 452 4.2.2 full\nsorry"#).action.verb else {
      Issue.record("no reply")
      return
    }
    var wire: [UInt8] = []
    reply.write(to: &wire, withEnhanced: true)
    #expect(String(decoding: wire, as: UTF8.self) == "452-4.2.2 full\r\n452 sorry\r\n")
  }

  @Test(
    "blanks between words are many or tabs, and regular expressions hold spaces",
    arguments: [
      " rcpt  to=x\tfrom=y : ok", "rcpt to=/a b/ from=/c/: ok", "rcpt to=/a/ from=/x/y/: ok",
      #"rcpt to=/a\/ b/ from=x: ok"#, "rcpt to=/a /b/ from=: ok",
    ])
  func blanks(text: String) throws {
    #expect(try rule(text).conditions.count == 2)
  }

  @Test(
    "a mistake is shown where it is, with what would be right",
    arguments: [
      ("", "1: \(form)"), ("rcpt", "5: \(form)"), ("rcpt:450 no", "6: \(form)"),
      ("rcpt to=x:450", "14: \(form)"), ("connect client=::1", "19: \(form)"),
      (": ok", "1: no stage: \(stageNames)"), ("# no: ok", "1: unknown stage '#': \(stageNames)"),
      ("rctp: ok", "1: unknown stage 'rctp': \(stageNames)"),
      (" to=x: ok", "2: unknown stage 'to=x': \(stageNames)"),
      ("rcpt form=x: ok", "6: unknown condition 'form=': \(conditionNames)"),
      ("rcpt été=x to=a b=: ok", "6: unknown condition 'été=': \(conditionNames)"),
      ("rcpt from=é b=: ok", "13: unknown condition 'b=': \(conditionNames)"),
      ("rcpt from>x: ok", "6: unknown condition 'from>': \(conditionNames)"),
      ("rcpt to: ok", "6: 'to' is no condition: \(conditionNames)"),
      ("rcpt \u{1B}[0m: ok", #"6: '\x1B[0m' is no condition: "# + conditionNames),
      ("rcpt to=/a: ok", "9: a regular expression ends with a slash: /REGEX/"),
      ("rcpt to=/: ok", "9: a regular expression ends with a slash: /REGEX/"),
      ("rcpt to=//: ok", "9: an empty pattern"),
      (
        "rcpt client=10.0.0.1/8: ok",
        "13: '10.0.0.1/8' has bits set beyond its prefix; the network is 10.0.0.0/8"
      ),
      ("rcpt tls=maybe: ok", "10: yes or no, not 'maybe'"),
      ("rcpt auth=: ok", "11: yes or no, not ''"),
      ("rcpt size=5: ok", "6: size takes > or <"),
      ("rcpt size>x: ok", "11: a size is a number, with k, M or G or without, not 'x'"),
      ("rcpt size>=5: ok", "11: a size is a number, with k, M or G or without, not '=5'"),
      ("rcpt nth=0: ok", "6: nth=: counts start at 1"),
      ("rcpt nth=3-2: ok", "10: '3-2' ends before it starts"),
      ("rcpt nth=2-: ok", "12: a whole number up to 1000000000, not ''"),
      ("rcpt nth=1000000001: ok", "10: a whole number up to 1000000000, not '1000000001'"),
      ("rcpt nth=-1: ok", "10: a whole number up to 1000000000, not ''"),
      ("rcpt every=0: ok", "6: every=: every first one is the least"),
      ("rcpt every=1.5: ok", "12: a whole number up to 1000000000, not '1.5'"),
      ("rcpt first=0: ok", "6: first=: counts start at 1"),
      ("rcpt odds=50: ok", "11: odds are 0% to 100%, not '50'"),
      ("rcpt odds=100.1%: ok", "11: odds are 0% to 100%, not '100.1%'"),
      ("rcpt odds=%: ok", "11: odds are 0% to 100%, not '%'"),
      ("rcpt after=soon: ok", "12: a time is a number with ms, s, m, h or d, not 'soon'"),
      (
        "rcpt rate=10: ok", "11: a rate is a number from 1 to 1000000 with /s, /m or /h, not '10'"
      ),
      (
        "rcpt rate=0/s: ok",
        "11: a rate is a number from 1 to 1000000 with /s, /m or /h, not '0/s'"
      ),
      (
        "rcpt rate=1000001/s: ok",
        "11: a rate is a number from 1 to 1000000 with /s, /m or /h, not '1000001/s'"
      ),
      (
        "rcpt rate=1/d: ok",
        "11: a rate is a number from 1 to 1000000 with /s, /m or /h, not '1/d'"
      ),
      ("rcpt rate=x/s: ok", "11: a whole number up to 1000000000, not 'x'"),
      ("rcpt first=1 per=helo: ok", "18: per= takes client, from, to or user, not 'helo'"),
      (
        "rcpt per=to: ok",
        "6: per=: nothing to count: it goes with nth, every, first or rate"
      ),
      ("rcpt first=1 from=a first=2: ok", "21: first=: given twice"),
      ("rcpt tls=yes tls=yes: ok", "14: tls=: given twice"),
      ("rcpt size>1 size>2: ok", "13: size>: given twice"),
      // What is not known there.
      ("mail to=x: ok", "6: to=: no recipient is known at mail"),
      ("mail first=1 per=to: ok", "14: per=: no recipient is known at mail"),
      ("connect size>1: ok", "9: size>: no size is known at connect"),
      ("helo size<1: ok", "6: size<: no size is known at helo"),
      ("connect helo=x: ok", "9: helo=: no HELO name is known at connect"),
      ("connect user=x: ok", "9: user=: no user is known at connect"),
      ("connect auth=no: ok", "9: auth=: no user is known at connect"),
      ("auth from=x: ok", "6: from=: no sender is known at auth"),
      ("proxy tls=no: ok", "7: tls=: no TLS is known at proxy"),
      // Actions.
      ("rcpt:", "6: no action: \(verbNames)"), ("rcpt: ", "7: no action: \(verbNames)"),
      ("rcpt: delay=1s", "15: no action: \(verbNames)"),
      ("rcpt: accept", "7: unknown action 'accept': \(verbNames)"),
      ("rcpt: 45 x", "7: unknown action '45': \(verbNames)"),
      ("rcpt: 450-x", "7: unknown action '450-x': \(verbNames)"),
      ("rcpt: 199 x", "7: '199' is no code of a reply: 200 to 599"),
      ("rcpt: 600 x", "7: '600' is no code of a reply: 200 to 599"),
      ("rcpt: close now", "13: close takes no text"),
      ("rcpt: speed=1 ok", "7: 'speed=1' is no action: delay= or slow=, then \(verbNames)"),
      ("rcpt: delay=x ok", "13: a time is a number with ms, s, m, h or d, not 'x'"),
      ("rcpt: delay=1 delay=2 ok", "15: delay=: given twice"),
      ("data: slow=1 slow=2 ok", "14: slow=: given twice"),
      ("data: slow=x ok", "12: a size is a number, with k, M or G or without, not 'x'"),
      ("rcpt: delay=1s stall", "7: stall never answers: there is no reply to delay"),
      (
        "rcpt: delay=1s slow=1k ok", "16: slow= belongs to data and bdat: no data is read at rcpt"
      ),
      ("any: slow=1k ok", "6: slow= belongs to data and bdat: no data is read at any"),
      ("data: slow=0 ok", "7: at 0 bytes a second no data comes: stall does that"),
      (
        "data: slow=1k 550 x",
        "7: slow= goes with ok or a reply that goes on: no data is read after this"
      ),
      (
        "data: slow=1k close",
        "7: slow= goes with ok or a reply that goes on: no data is read after this"
      ),
      ("rcpt: delay=1 drop", "15: drop belongs to '.', the end of the data, not to rcpt"),
      ("any: drop", "6: drop belongs to '.', the end of the data, not to any"),
      ("rcpt: 354 x", "7: 354 is an answer at data and auth alone, not at rcpt"),
      ("any: 354 x", "6: 354 is an answer at data and auth alone, not at any"),
      ("data: 250 x", "7: data goes on with 3xx, or is refused with 4xx or 5xx: no 250"),
      ("any: 250 x", "6: 250 would answer DATA too: name one stage"),
      ("proxy: 220 x", "8: a PROXY header has no reply to replace: 4xx or 5xx, not 220"),
      // Octets that no reply may hold.
      ("rcpt: 450 a\rb", "12: CR in a rule"), ("rcpt: 450 a\0b", "12: NUL in a rule"),
      (#"rcpt: 450 a\rb"#, #"12: CR in a reply; \n ends a line"#),
      (#"rcpt: 450 a\0b"#, "12: NUL in a reply"), ("rcpt to=\r: ok", "9: CR in a rule"),
    ])
  func mistakes(text: String, message: String) {
    #expect(fault(text) == message)
  }

  @Test("a word in a message has an end, and not inside a character")
  func longWord() {
    let word = "a" + repeated("é", 40)
    #expect(
      fault("\(word): ok") == "1: unknown stage 'a\(repeated("é", 29))...': \(stageNames)")
  }

  @Test("a line of a reply has 510 octets with its code, not 511")
  func replyLine() throws {
    let line = repeated("x", 506)
    #expect(fault("rcpt: 450 " + line) == nil)
    #expect(fault(#"rcpt: 450 "# + line + #"\n"# + line) == nil)
    let message = "a line of a reply has at most 510 octets with its code"
    #expect(fault("rcpt: 450 x" + line) == "11: \(message)")
    #expect(fault(#"rcpt: 450 y\nx"# + line) == "14: \(message)")
  }

  @Test("a reply has 1000 lines, not 1001")
  func replyLines() {
    #expect(fault("rcpt: 450 " + repeated(#"\n"#, 999)) == nil)
    #expect(fault("rcpt: 450 " + repeated(#"\n"#, 1000)) == "2011: a reply has at most 1000 lines")
  }

  @Test("a rule has 65536 octets, not more")
  func ruleSize() {
    let start = "rcpt to="
    let end = ": ok"
    let room = ReplyRuleParser.maxRuleByteCount - start.utf8.count - end.utf8.count
    #expect(fault(start + repeated("x", room) + end) == nil)
    #expect(
      fault(start + repeated("x", room + 1) + end)
        == "65537: a rule has at most 65536 octets")
  }

  // MARK: - Files

  @Test(
    "a file has rules, comments and empty lines, behind each LF or CRLF",
    arguments: ["\n", "\r\n"])
  func file(lineEnd: String) throws {
    let lines = [
      "# to: ok", "", "rcpt to=x: 450 a", "  \t", "  # indented", " mail: ok", "quit: close",
    ]
    for end in ["", lineEnd] {
      let text = lines.joined(separator: lineEnd) + end
      let rules = try ruleParser.parseFile([UInt8](text.utf8), name: "r")
      #expect(rules.map(\.origin.text) == ["r:3", "r:6", "r:7"])
      #expect(rules.map(\.scope) == [.only(.rcpt), .only(.mail), .only(.quit)])
      #expect(rules[0].action.verb == .reply(SMTPReply(450, nil, "a")))
    }
    for text in ["", "\n", "\r\n", "#", "# x\n"] {
      #expect(try ruleParser.parseFile([UInt8](text.utf8), name: "r").isEmpty)
    }
    #expect(try ruleParser.parseFile([UInt8]("\u{FEFF}quit: ok".utf8), name: "r").count == 1)
  }

  @Test(
    "a mistake in a file has its name, line and column",
    arguments: [
      (
        "# a\n\nrcpt to=a    form=b: ok",
        "rules.txt:3:14: unknown condition 'form=': \(conditionNames)"
      ),
      ("quit: ok\r\n  rctp: ok\r\n", "rules.txt:2:3: unknown stage 'rctp': \(stageNames)"),
      ("quit: ok\rquit: ok\n", "rules.txt:1:9: CR in a rule"),
      ("quit: ok\r", "rules.txt:1:9: CR in a rule"),
      ("rcpt: 450 \0\n", "rules.txt:1:11: NUL in a rule"),
      ("quit: ok\nquit", "rules.txt:2:5: \(form)"),
    ])
  func fileMistakes(text: String, message: String) {
    #expect(fileFault([UInt8](text.utf8)) == message)
  }

  @Test("a file is UTF-8; a comment may be anything")
  func encoding() {
    let rule = [UInt8]("rcpt: 450 é".utf8)
    #expect(fileFault(rule + [0xE9]) == "rules.txt:1:12: a rule is UTF-8, and this is not")
    #expect(fileFault([0x23, 0xE9, 0x0A] + rule) == nil)
  }

  @Test("a file has 10000 rules and 4 MiB, not more")
  func fileLimits() {
    let rules = [UInt8](repeated("quit: ok\n", ReplyRuleParser.maxRuleCount).utf8)
    #expect(fileFault(rules + [UInt8]("# more\n".utf8)) == nil)
    #expect(
      fileFault(rules + [UInt8]("quit: ok".utf8))
        == "rules.txt:10001:1: a file has at most 10000 rules")
    let comment = [UInt8](repeating: .ascii("#"), count: ReplyRuleParser.maxFileByteCount)
    #expect(fileFault(comment) == nil)
    #expect(
      fileFault(comment + [.lineFeed])
        == "rules.txt:1:1: a file of rules has at most 4194304 octets")
  }

  @Test("a rule made in code is held to the same sense")
  func inCode() throws {
    let origin = ReplyRuleOrigin("-r")
    let soft = try ReplyRule(
      .only(.mail), [.odds(0.5)],
      ReplyRuleAction(.reply(SMTPReply(450, nil, "4.3.0 Error: command failed"))), origin: origin)
    #expect(soft.origin.text == "-r")
    #expect(
      throws: ReplyRuleFault(part: .condition(1), reason: "odds=: odds are 0% to 100%")
    ) {
      try ReplyRule(.any, [.tls(true), .odds(1.5)], .init(.ok), origin: origin)
    }
    #expect(throws: ReplyRuleFault.self) {
      try ReplyRule(.any, [.after(.seconds(-1))], .init(.ok), origin: origin)
    }
    #expect(throws: ReplyRuleFault.self) {
      try ReplyRule(.any, [], .init(.ok, delay: .seconds(-1)), origin: origin)
    }
    #expect(throws: ReplyRuleFault.self) {
      try ReplyRule(.any, [.largerThan(-1)], .init(.ok), origin: origin)
    }
  }
}
