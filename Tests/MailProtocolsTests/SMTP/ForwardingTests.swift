import MailProtocols
import Testing

/// XCLIENT and XFORWARD: what Postfix 3.7's smtpd answers was seen by hand, and is the same here but
/// for ports over 65535 and numbers with leading zeros in addresses, which it takes.
@Suite("XCLIENT and XFORWARD")
struct ForwardingTests {
  private func xclient(_ argument: String) throws(SMTPReply) -> XclientAttributes {
    let line = [UInt8](argument.utf8)
    return try XclientParser.parse(line.span, in: 0..<line.count)
  }

  private func xforward(_ argument: String) throws(SMTPReply) -> XforwardAttributes {
    let line = [UInt8](argument.utf8)
    return try XforwardParser.parse(line.span, in: 0..<line.count)
  }

  private func text(_ text: String) throws -> ForwardedText {
    try #require(ForwardedText([UInt8](text.utf8)))
  }

  @Test("all attributes of XCLIENT, in any case, with blanks between")
  func xclientAttributes() throws {
    let all = try xclient(
      "name=spike.example ADDR=192.0.2.1  PORT=025 Proto=esmtp HELO=a+2Bb LOGIN=u+40d "
        + "\tDESTADDR=IPV6:2001:db8::1 DESTPORT=65535")
    #expect(all.name == .known([UInt8]("spike.example".utf8)))
    #expect(all.address == .known(.v4(0xC000_0201)))
    #expect(all.port == .known(25) && all.protocolName == .esmtp)
    #expect(try all.helo == .known(text("a+b")) && all.login == .known(text("u@d")))
    #expect(all.destinationAddress == IPAddress("2001:db8::1").map { .known($0) })
    #expect(all.destinationPort == .known(65535))
    #expect(try xclient("NAME=[tempunavail]").name == .temporarilyUnavailable)
    #expect(try xclient("NAME=[UNAVAILABLE]").name == .unavailable)
    let none = try xclient(
      "ADDR=[UNAVAILABLE] PORT=[unavailable] HELO=[UNAVAILABLE] LOGIN=[UNAVAILABLE]")
    #expect(none.address == .unavailable && none.port == .unavailable)
    #expect(none.helo == .unavailable && none.login == .unavailable)
    // As in Postfix: the last one counts, and what is no xtext is taken as it is.
    #expect(try xclient("PORT=1 PORT=2").port == .known(2))
    #expect(try xclient("LOGIN=a+b").login == .known(try text("a+b")))
    #expect(try xclient("HELO=a+0Ab+00").helo?.value?.octets == [UInt8]("a?b?".utf8))
  }

  @Test(
    "values of XCLIENT that are refused",
    arguments: [
      "", "NAME", "NAME=", "=", "=x", "FOO=x", "REVERSE_NAME=x", "SOURCE=LOCAL", "NAME=-x",
      "NAME=x-", "NAME=[x]", "NAME=a+2Bb", "NAME=a..b", "NAME=.", "NAME=1.2.3.4", "ADDR=1.2.3",
      "ADDR=1.2.3.256", "ADDR=::1", "ADDR=[1.2.3.4]", "ADDR=[TEMPUNAVAIL]", "ADDR=IPV6:",
      "ADDR=IPV6:1.2.3.4", "ADDR=IPV6:fe80::1%lo", "PORT=-1", "PORT=65536", "PORT=100000",
      "PORT=x", "PROTO=LMTP", "PROTO=[UNAVAILABLE]", "LOGIN=+FF", "ADDR=1.2.3.4 X",
    ])
  func refusedXclient(argument: String) {
    let error = #expect(throws: SMTPReply.self) { try xclient(argument) }
    #expect(error?.code == 501 && error?.enhanced == EnhancedStatus(5, 4))
  }

  @Test("all attributes of XFORWARD")
  func xforwardAttributes() throws {
    let all = try xforward(
      "NAME=spike.example ADDR=IPV6:2001:DB8::1 PORT=1 PROTO=QMQP HELO=x IDENT=q+3D1 SOURCE=remote")
    #expect(all.name == .known([UInt8]("spike.example".utf8)))
    #expect(all.address == IPAddress("2001:db8::1").map { .known($0) })
    #expect(try all.port == .known(1) && all.protocolName == .known(text("QMQP")))
    #expect(try all.helo == .known(text("x")) && all.identifier == .known(text("q=1")))
    #expect(all.source == .known(.remote))
    #expect(try xforward("SOURCE=[UNAVAILABLE]").source == .unavailable)
  }

  @Test(
    "values of XFORWARD that are refused",
    arguments: [
      "", "NAME", "LOGIN=x", "DESTADDR=1.2.3.4", "NAME=[TEMPUNAVAIL]", "NAME=a b", "ADDR=1.2.3",
      "PORT=99999", "SOURCE=x", "PROTO=" + String(repeating: "p", count: 65),
    ])
  func refusedXforward(argument: String) {
    let error = #expect(throws: SMTPReply.self) { try xforward(argument) }
    #expect(error?.code == 501 && error?.enhanced == EnhancedStatus(5, 4))
  }

  @Test("values at their limits, and one past them")
  func limits() throws {
    let longest = String(repeating: "h", count: ForwardedText.maxByteCount)
    #expect(try xclient("HELO=\(longest)").helo?.value?.octets.count == 255)
    #expect(throws: SMTPReply.self) { try xclient("HELO=\(longest)h") }
    #expect(ForwardedText([UInt8](longest.utf8)) != nil)
    #expect(ForwardedText([UInt8]((longest + "h").utf8)) == nil)
    // It is the octets on the wire that count.
    #expect(ForwardedText([UInt8](repeating: .ascii("+"), count: 85)) != nil)
    #expect(ForwardedText([UInt8](repeating: .ascii("+"), count: 86)) == nil)
    // A value that is no xtext is measured as if it were.
    #expect(try xclient("LOGIN=" + String(repeating: "ü", count: 42)).login != nil)
    #expect(throws: SMTPReply.self) { try xclient("LOGIN=" + String(repeating: "ü", count: 43)) }
    for bad in ["", "[UNAVAILABLE]", "[unavailable]", "a\nb", "\0"] {
      #expect(ForwardedText([UInt8](bad.utf8)) == nil, "\(bad)")
    }
    let word = String(repeating: "p", count: XforwardAttributes.maxProtocolByteCount)
    #expect(try xforward("PROTO=\(word)").protocolName?.value?.octets.count == 64)
    let label = String(repeating: "l", count: 63)
    #expect(try xclient("NAME=\(label).test").name == .known([UInt8]("\(label).test".utf8)))
    #expect(throws: SMTPReply.self) { try xclient("NAME=\(label)l.test") }
  }

  @Test("what is written is read again, and a server gets only what it offers")
  func inverse() throws {
    var random = SplitMix64(seed: 31)
    for round in 0..<300 {
      var attributes = XclientAttributes()
      if Bool.random(using: &random) {
        attributes.name = [
          .known([UInt8]("a-\(round).test".utf8)), .unavailable, .temporarilyUnavailable,
        ].randomElement(using: &random)
      }
      attributes.address = Self.address(&random)
      attributes.port = Self.port(&random)
      attributes.protocolName = [nil, .smtp, .esmtp].randomElement(using: &random)!
      attributes.helo = Self.text(&random)
      attributes.destinationAddress = Self.address(&random)
      attributes.destinationPort = Self.port(&random)
      attributes.login = try Bool.random(using: &random) ? .known(text("ü +=\(round)")) : nil
      if let command = XclientWriter.command(attributes) {
        #expect(Array(command.suffix(2)) == [.carriageReturn, .lineFeed])
        let line = command.dropLast(2).map { $0 }
        #expect(SMTPVerb.parse(line.span)?.verb == .xclient)
        #expect(try XclientParser.parse(line.span, in: 7..<line.count) == attributes)
      } else {
        #expect(attributes == XclientAttributes())
      }

      var forward = XforwardAttributes()
      forward.name = Bool.random(using: &random) ? .known([UInt8]("b.test".utf8)) : .unavailable
      forward.address = Self.address(&random)
      forward.port = Self.port(&random)
      forward.helo = Self.text(&random)
      forward.identifier = Self.text(&random)
      forward.source = [nil, .unavailable, .known(.local), .known(.remote)]
        .randomElement(using: &random)!
      var read = XforwardAttributes()
      for command in XforwardWriter.commands(forward) {
        #expect(command.count <= XforwardWriter.maxCommandByteCount)
        let line = Array(command.dropLast(2))
        #expect(SMTPVerb.parse(line.span)?.verb == .xforward)
        read = try XforwardParser.parse(line.span, in: 8..<line.count).over(read)
      }
      #expect(read == forward)
    }
    let all = try xclient("NAME=a.test ADDR=192.0.2.1 PORT=1")
    #expect(
      XclientWriter.command(all, offers: [.address]) == [UInt8]("XCLIENT ADDR=192.0.2.1\r\n".utf8))
    #expect(XclientWriter.command(all, offers: [.login]) == nil)
    #expect(XforwardWriter.commands(try xforward("NAME=a.test"), offers: [.address]).isEmpty)
  }

  private static func address(_ random: inout SplitMix64) -> Forwarded<IPAddress>? {
    [
      nil, .unavailable, .known(.v4(UInt32(truncatingIfNeeded: random.next()))),
      .known(.v6(UInt128(random.next()) << 64 | UInt128(random.next()))),
    ].randomElement(using: &random)!
  }

  private static func port(_ random: inout SplitMix64) -> Forwarded<UInt16>? {
    [nil, .unavailable, .known(UInt16(truncatingIfNeeded: random.next()))]
      .randomElement(using: &random)!
  }

  private static func text(_ random: inout SplitMix64) -> Forwarded<ForwardedText>? {
    let octets = (0..<Int.random(in: 1...85, using: &random)).map { _ in
      UInt8.random(in: 0x20...0xFF, using: &random)
    }
    // DEL is a control, and not to be had.
    guard let text = ForwardedText(octets.map { $0 == 0x7F ? 0x7E : $0 }) else { return nil }
    return [nil, .unavailable, .known(text), .known(text)].randomElement(using: &random)!
  }

  // MARK: - In a session

  private func dialogue(
    _ allowed: SMTPForwarding = [.xclient, .xforward],
    change: (inout SMTPServerConfiguration) -> Void = { _ in }
  ) -> SMTPDialogue {
    var configuration = SMTPDialogue.configuration
    configuration.forwarding = [.xclient, .xforward]
    configuration.tls = .offered
    change(&configuration)
    let policy = ScriptedPolicy()
    policy.allowedForwarding = allowed
    return SMTPDialogue(configuration, policy: policy)
  }

  @Test("XCLIENT: attributes add up, but HELO and PROTO are of one command")
  func addsUp() throws {
    var dialogue = dialogue()
    dialogue.send("EHLO c.test\r\nXFORWARD NAME=x.test\r\n")
    #expect(dialogue.session.state.xforward != nil)
    #expect(dialogue.ask("XCLIENT NAME=a.test HELO=h.test PROTO=ESMTP LOGIN=u").hasPrefix("220 "))
    var state = dialogue.session.state
    #expect(state.helo == [UInt8]("h.test".utf8) && state.isExtended && state.xforward == nil)
    #expect(state.identity?.user == "u" && state.protocolName == "ESMTPA")
    #expect(dialogue.code("AUTH PLAIN x") == "503 5.5.1")
    #expect(dialogue.code("XCLIENT ADDR=192.0.2.1") == "220")
    state = dialogue.session.state
    #expect(state.helo == nil && !state.isExtended && state.protocolName == "SMTP")
    #expect(state.xclient?.name == .known([UInt8]("a.test".utf8)))
    #expect(state.xclient?.address == .known(.v4(0xC000_0201)))
    #expect(state.identity?.user == "u" && state.xclient?.helo == nil)
    #expect(dialogue.code("XCLIENT LOGIN=[UNAVAILABLE]") == "220")
    #expect(dialogue.session.state.identity == nil)
    #expect(dialogue.policy.asked.filter { $0 == "connect" }.count == 4)
    dialogue.checkEnd()
  }

  @Test("XFORWARD adds up, and is for one transaction")
  func oneTransaction() {
    var dialogue = dialogue()
    dialogue.send("EHLO c.test\r\nXFORWARD NAME=a.test PORT=1\r\nXFORWARD PORT=2\r\n")
    dialogue.send("MAIL FROM:<a@c.test>\r\n")
    #expect(dialogue.session.state.xforward?.port == .known(2))
    #expect(dialogue.session.state.xforward?.name == .known([UInt8]("a.test".utf8)))
    dialogue.send("RSET\r\n")
    #expect(dialogue.session.state.xforward == nil)
  }

  @Test("STARTTLS makes the server forget both")
  func forgets() {
    var dialogue = dialogue()
    dialogue.send("EHLO c.test\r\nXCLIENT ADDR=192.0.2.1 LOGIN=u\r\nEHLO c.test\r\n")
    dialogue.send("XFORWARD NAME=a.test\r\n")
    #expect(dialogue.code("STARTTLS") == "220 2.0.0")
    let state = dialogue.session.state
    #expect(state.xclient == nil && state.xforward == nil && state.identity == nil)
    #expect(state.isTLS)
  }

  @Test("before TLS and without the right to")
  func order() {
    var tls = dialogue { $0.tls = .required }
    #expect(tls.code("XCLIENT ADDR=192.0.2.1") == "530")
    #expect(tls.code("XFORWARD ADDR=192.0.2.1") == "530")
    var none = dialogue([])
    #expect(none.code("XCLIENT ADDR=192.0.2.1") == "550")
    var one = dialogue([.xforward])
    #expect(one.ask("EHLO c.test").contains("XFORWARD NAME") && !one.text.contains("XCLIENT NAME"))
    #expect(one.code("XCLIENT ADDR=192.0.2.1") == "550 5.7.0")
    #expect(one.code("XFORWARD ADDR=192.0.2.1") == "250 2.0.0")
    #expect(one.ask("HELP").contains("VRFY XCLIENT XFORWARD"))
    #expect(one.ask("HELP XFORWARD").contains("Syntax: XFORWARD attribute=value..."))
  }

  @Test("the client that XCLIENT tells of may be refused, as any that connects")
  func refusedClient() {
    var dialogue = dialogue()
    dialogue.policy.replies["connect"] = SMTPReply(wire: "554 5.7.1 Not you")
    #expect(dialogue.ask("XCLIENT ADDR=192.0.2.1") == "554 Not you\r\n")
    #expect(dialogue.code("EHLO c.test") == "503")
    dialogue.policy.replies["connect"] = nil
    var other = self.dialogue()
    other.policy.replies["connect"] = SMTPReply(wire: "421 4.7.0 Later")
    #expect(other.ask("XCLIENT ADDR=192.0.2.1") == "421 Later\r\n")
    #expect(other.closeReason == .rule)
    #expect(other.policy.rejectedStages == ["connect"] && other.policy.cuts.isEmpty)
    var silent = self.dialogue()
    silent.policy.decisions["connect"] = SMTPDecision(.close)
    #expect(silent.ask("XCLIENT ADDR=192.0.2.1") == "")
    #expect(silent.policy.cuts == ["connect"] && silent.policy.rejected.isEmpty)
  }

  @Test("handle_PROXY: a policy hears of the header first, and may refuse it")
  func proxyHook() throws {
    let policy = ScriptedPolicy()
    var session = SMTPServerSession(configuration: SMTPDialogue.configuration, policy: policy)
    session.proxyPresent(.versionOne(nil))
    #expect(session.open() == .needsInput)
    #expect(policy.asked == ["proxy UNKNOWN", "connect"])
    #expect(session.state.proxy == .versionOne(nil))

    let refusing = ScriptedPolicy(["proxy": SMTPReply(wire: "421 4.7.0 Not from there")])
    var refused = SMTPServerSession(configuration: SMTPDialogue.configuration, policy: refusing)
    refused.proxyPresent(.versionOne(nil))
    #expect(refused.open() == .close(.rule))
    #expect(refusing.asked == ["proxy UNKNOWN"] && refusing.rejectedStages == ["proxy"])
    #expect(String(decoding: refused.output, as: UTF8.self) == "421 Not from there\r\n")
  }
}
