import MailProtocols
import Testing

@Suite("Reply rule engine")
struct ReplyRuleEngineTests {
  @Test("no rule, no answer, and nothing to ask")
  func none() {
    var engine = ReplyRuleEngine()
    for stage in ReplyRuleStage.allCases {
      #expect(!engine.hasRules(for: stage))
      #expect(engine.match(subject(stage), at: .zero) == nil)
    }
  }

  @Test("a stage has the rules that name it, and any all commands and the end of the data")
  func stages() throws {
    var engine = try ruleEngine("connect: close", "rcpt: ok", "any: close")
    #expect(engine.match(subject(.connect), at: .zero)?.number == 1)
    #expect(engine.match(subject(.rcpt), at: .zero)?.number == 2)
    #expect(!engine.hasRules(for: .proxy))
    for stage in [ReplyRuleStage.unknown, .endOfData, .mail, .xclient] {
      #expect(engine.match(subject(stage), at: .zero)?.number == 3)
    }
  }

  @Test("the first rule that matches decides, and ok ends the search")
  func order() throws {
    var engine = try ruleEngine(
      "rcpt to=b@s.test: ok", "rcpt to=*@s.test: 450 a", "rcpt: 550 b", "rcpt: close")
    #expect(engine.rcpt("b@s.test") == 1)
    #expect(engine.rcpt("x@s.test") == 2)
    #expect(engine.rcpt("x@x.test") == 3)
    #expect(engine.match(subject(.rcpt), at: .zero)?.rule.origin.text == "rules:1")
    #expect(engine.match(subject(.rcpt), at: .zero)?.action.verb == .ok)
  }

  @Test(
    "every condition, held and not",
    arguments: [
      ("from=a@c.test", true), ("from=A@C.*", true), ("from=", false), ("from=/c.te/", true),
      ("from=/x/", false), ("to=d@s.test", true), ("to=x", false), ("to=/d@/", true),
      ("to=b@s.test to=d@s.test", true), ("to=b@s.test to=x", false), ("user=JOE", true),
      ("user=x", false), ("helo=c.?est", true), ("helo=x", false), ("client=192.0.2.0/24", true),
      ("client=::ffff:192.0.2.1", true), ("client=192.0.2.2", false), ("client=any", true),
      ("tls=yes", true), ("tls=NO", false), ("auth=yes", true), ("auth=no", false),
      ("size>999", true), ("size>1000", false), ("size<1001", true), ("size<1000", false),
      ("size>0.5k size<1k", true), ("after=10s", true), ("after=10001ms", false),
      ("odds=100%", true), ("odds=0%", false), ("nth=1", true), ("nth=2", false),
      ("nth=1-2", true), ("every=1", true), ("every=2", false), ("first=1", true),
      ("rate=1/s", false), ("first=1 per=client", true), ("from=x to=b@s.test", false),
      ("FROM=a@c.test", true),
    ])
  func conditions(words: String, holds: Bool) throws {
    var engine = try ruleEngine(". \(words): close")
    let subject = subject(
      .endOfData, to: ["b@s.test", "d@s.test"], user: "joe", isTLS: true)
    #expect((engine.match(subject, at: .seconds(10)) != nil) == holds)
  }

  @Test(
    "what is not known is not matched",
    arguments: [
      "from=*", "to=*", "user=*", "helo=*", "client=0.0.0.0/0", "size>0", "size<9G", "auth=yes",
      "tls=yes",
    ])
  func unknown(words: String) throws {
    var engine = try ruleEngine("any \(words): close")
    #expect(engine.match(ReplyRuleSubject(.noop), at: .zero) == nil)
  }

  @Test("a client without an address is any client; the null sender is an empty one")
  func edges() throws {
    var engine = try ruleEngine("connect client=any: close", "mail from=: 550 no")
    #expect(engine.match(ReplyRuleSubject(.connect), at: .zero)?.number == 1)
    #expect(engine.match(subject(.mail, from: ""), at: .zero)?.number == 2)
    #expect(engine.match(subject(.mail), at: .zero) == nil)
  }

  @Test("user= at auth is the name that is tried")
  func triedName() throws {
    var engine = try ruleEngine("auth user=joe auth=no: 454 4.7.0 Later")
    #expect(engine.match(subject(.auth, user: "joe"), at: .zero)?.number == 1)
    #expect(engine.match(subject(.auth, user: "ann"), at: .zero) == nil)
  }

  // MARK: - Counting

  @Test(
    "counts start at 1",
    arguments: [
      ("nth=3", [3]), ("nth=2-4", [2, 3, 4]), ("every=3", [3, 6]), ("first=2", [1, 2]),
      ("every=2 first=4", [2, 4]), ("nth=3-6 every=3", [3, 6]),
      ("nth=1-1000000000", [1, 2, 3, 4, 5, 6]),
    ])
  func counts(words: String, expected: [Int]) throws {
    var engine = try ruleEngine("rcpt \(words): 450 x")
    #expect((1...6).filter { _ in engine.rcpt() != nil } == expected)
  }

  @Test("a rule counts only when the rest of it held")
  func countsMatches() throws {
    var engine = try ruleEngine("rcpt nth=2 to=b@*: 450 x")
    #expect(engine.rcpt("b@s.test") == nil)
    for _ in 0..<5 { #expect(engine.rcpt("x@s.test") == nil) }
    #expect(engine.rcpt("b@s.test") == 1)
    #expect(engine.rcpt("b@s.test") == nil)
  }

  @Test("a rule counts only when it was reached, and odds are drawn before it counts")
  func countsReached() throws {
    var engine = try ruleEngine(
      "rcpt to=b@*: ok", "rcpt first=1: 450 x", "rcpt odds=0% first=1: close")
    #expect(engine.rcpt("b@s.test") == 1)
    #expect(engine.rcpt("x@s.test") == 2)
    #expect(engine.rcpt("x@s.test") == nil)
    var odd = try ruleEngine("rcpt odds=50% first=5: 450 x", seed: 3)
    let numbers = (0..<100).map { _ in odd.rcpt() }
    #expect(numbers.count { $0 == 1 } == 5)
  }

  @Test("first=1 per=to greylists: each recipient is refused once")
  func greylisting() throws {
    var engine = try ruleEngine("rcpt first=1 per=to: 451 4.7.1 Greylisted")
    #expect(engine.rcpt("a@s.test") == 1)
    #expect(engine.rcpt("b@s.test") == 1)
    #expect(engine.rcpt("A@S.TEST") == nil)
    #expect(engine.rcpt("b@s.test") == nil)
    #expect(engine.rcpt("c@s.test") == 1)
  }

  @Test("counts are kept apart by client, sender, user")
  func keys() throws {
    var byClient = try ruleEngine("rcpt first=1 per=client: 450 x")
    #expect(byClient.rcpt(client: "192.0.2.1") == 1)
    #expect(byClient.rcpt(client: "::ffff:192.0.2.1") == nil)
    #expect(byClient.rcpt(client: "192.0.2.2") == 1)
    #expect(byClient.rcpt(client: nil) == 1)
    #expect(byClient.rcpt(client: nil) == nil)
    var bySender = try ruleEngine("rcpt first=1 per=from: 450 x")
    #expect(bySender.rcpt(from: "") == 1)
    #expect(bySender.rcpt(from: "a@b.test") == 1)
    #expect(bySender.rcpt(from: "") == nil)
    var byUser = try ruleEngine("rcpt first=1 per=user: 450 x")
    #expect(byUser.rcpt(user: "joe") == 1)
    #expect(byUser.rcpt(user: "ann") == 1)
    #expect(byUser.rcpt(user: "Joe") == nil)
    #expect(byUser.rcpt(user: nil) == 1)
  }

  @Test("two rules count apart, with the same keys or none")
  func apart() throws {
    var engine = try ruleEngine(
      "rcpt first=1 per=to: 450 a", "rcpt first=1 per=to: 450 b", "rcpt first=1: 450 c")
    #expect((0..<4).map { _ in engine.rcpt() } == [1, 2, 3, nil])
  }

  @Test("so many keys are remembered; one more, and the one not used for longest is forgotten")
  func keyLimit() throws {
    var engine = try ruleEngine("rcpt first=1 per=to: 450 x", maxKeyCount: 3)
    for to in ["a", "b", "c"] { #expect(engine.rcpt(to) == 1) }
    for to in ["a", "b", "c", "a"] { #expect(engine.rcpt(to) == nil) }
    #expect(engine.rcpt("d") == 1)  // forgets b
    #expect(engine.rcpt("a") == nil)
    #expect(engine.rcpt("c") == nil)
    #expect(engine.rcpt("b") == 1)  // forgets d
    #expect(engine.rcpt("d") == 1)  // forgets a
    #expect(engine.rcpt("c") == nil)
    #expect(engine.rcpt("a") == 1)
    var one = try ruleEngine("rcpt first=1 per=to: 450 x", maxKeyCount: 1)
    for to in ["a", "b", "a"] { #expect(one.rcpt(to) == 1) }
    #expect(one.rcpt("a") == nil)
  }

  @Test("keys alike in their first 256 octets are one")
  func keyLength() throws {
    let start = String(repeating: "k", count: ReplyRuleEngine.maxKeyByteCount - 1)
    var engine = try ruleEngine("rcpt first=1 per=to: 450 x")
    #expect(engine.rcpt(start + "a") == 1)
    #expect(engine.rcpt(start + "b") == 1)
    #expect(engine.rcpt(start + "ab") == nil)
  }

  // MARK: - Chance and time

  @Test("the same seed gives the same answers, another seed others")
  func seeds() throws {
    func answers(_ seed: UInt64) throws -> [Int?] {
      var engine = try ruleEngine("rcpt odds=30%: 450 a", "rcpt odds=50%: 450 b", seed: seed)
      return (0..<500).map { _ in engine.rcpt() }
    }
    let first = try answers(7)
    #expect(try answers(7) == first)
    #expect(try answers(8) != first)
    #expect((110...190).contains(first.count { $0 == 1 }))
    #expect((130...220).contains(first.count { $0 == 2 }))
  }

  @Test("odds are drawn only when the rest of the rule held")
  func draws() throws {
    var plain = try ruleEngine("rcpt to=b@* odds=50%: 450 x")
    var disturbed = plain
    for _ in 0..<100 {
      #expect(disturbed.rcpt("x@s.test") == nil)
      #expect(disturbed.rcpt("b@s.test") == plain.rcpt("b@s.test"))
    }
  }

  @Test("a rate matches when its bucket is empty: N at once, then one each Nth of the time")
  func rate() throws {
    var engine = try ruleEngine("rcpt rate=3/m: 450 slow down")
    func isTaken(_ seconds: Double) -> Bool { engine.rcpt(at: .seconds(seconds)) == nil }
    #expect([0, 0, 0, 0, 19.9].map(isTaken) == [true, true, true, false, false])
    #expect([20, 20, 39.9, 40, 40].map(isTaken) == [true, false, false, true, false])
    // Full again, and no fuller than full.
    #expect([1000, 1000, 1000, 1000].map(isTaken) == [true, true, true, false])
  }

  @Test(
    "over simulated hours the rate is kept",
    arguments: [("1/s", 3600 + 1), ("10/m", 600 + 10), ("7/h", 7 + 7)])
  func rateOverTime(rate: String, expected: Int) throws {
    var engine = try ruleEngine("rcpt rate=\(rate): 450 x")
    // One call each tenth of a second, for an hour; the end excluded, the burst on top.
    let taken = (0..<36_000).count { engine.rcpt(at: .milliseconds($0 * 100)) == nil }
    #expect((expected - 1...expected).contains(taken))
  }

  @Test("a rate has its own bucket for each key")
  func rateByKey() throws {
    var engine = try ruleEngine("rcpt rate=1/h per=client: 450 x")
    #expect(engine.rcpt(client: "192.0.2.1") == nil)
    #expect(engine.rcpt(client: "192.0.2.1") == 1)
    #expect(engine.rcpt(client: "192.0.2.2") == nil)
  }

  @Test("a rate that does not divide its period holds as many tokens as it says")
  func unevenRate() throws {
    var engine = try ruleEngine("rcpt rate=99991/s: 450 x")
    let subject = subject(.rcpt)
    let taken = (0..<99_992).count { _ in engine.match(subject, at: .zero) == nil }
    #expect(taken == 99_991)
  }

  @Test("after= holds from that time on")
  func after() throws {
    var engine = try ruleEngine("rcpt after=5m: 421 Closing")
    #expect(engine.rcpt(at: .seconds(299.999)) == nil)
    #expect(engine.rcpt(at: .seconds(300)) == 1)
  }

  @Test("other rules start to count anew, and the chances go on")
  func replaced() throws {
    var engine = try ruleEngine("rcpt first=1: 450 x", seed: 9)
    #expect(engine.rcpt() == 1)
    #expect(engine.rcpt() == nil)
    engine.replaceRules(engine.rules)
    #expect(engine.rcpt() == 1)
    engine.replaceRules([])
    #expect(!engine.hasRules(for: .rcpt))

    func draws(replacing: Bool) throws -> [Int?] {
      var engine = try ruleEngine("rcpt odds=50%: 450 x", seed: 9)
      return (0..<64).map { index in
        if replacing && index == 32 { engine.replaceRules(engine.rules) }
        return engine.rcpt()
      }
    }
    #expect(try draws(replacing: true) == draws(replacing: false))
  }
}
