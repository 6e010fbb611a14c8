import Testing

@testable import MailProtocols

@Suite("Why a Sieve server refuses")
struct SieveRefusalCauseTests {
  private func cause(_ text: String, _ verb: SieveVerb?) throws -> SieveRefusalCause? {
    let octets = Array("\(text)\r\n".utf8)
    var parser = SieveResponseParser()
    var position = 0
    guard case .response(let response, _)? = try parser.next(octets.span, at: &position) else {
      return nil
    }
    return SieveRefusalCause(response, to: verb)
  }

  @Test(
    "the code decides, whatever the command",
    arguments: [
      ("QUOTA", .quota), ("QUOTA/MAXSIZE", .quota), ("quota/maxscripts", .quota),
      ("QUOTA/NEW", .quota), ("NONEXISTENT", .nonexistent), ("ALREADYEXISTS", .alreadyExists),
      ("ACTIVE", .active), ("TRYLATER", .tryLater), ("AUTH-TOO-WEAK", .authentication),
      ("ENCRYPT-NEEDED", .authentication), ("TRANSITION-NEEDED", .authentication),
    ] as [(String, SieveRefusalCause)])
  func codes(code: String, wanted: SieveRefusalCause) throws {
    for verb in SieveVerb.allCases {
      #expect(try cause("NO (\(code)) \"line 1: x\"", verb) == wanted)
    }
    #expect(try cause("BYE (\(code))", nil) == wanted)
  }

  @Test(
    "without a code, or with an unknown one, the command does",
    arguments: [
      (.authenticate, .authentication), (.startTLS, .noTLS), (.putScript, .refused),
      (.checkScript, .refused), (.getScript, .undecided), (.setActive, .undecided),
      (.renameScript, .undecided), (.deleteScript, .undecided), (.listScripts, .refused),
      (.haveSpace, .refused), (.noOperation, .refused), (.raw, .refused), (nil, .refused),
    ] as [(SieveVerb?, SieveRefusalCause)])
  func codeless(verb: SieveVerb?, wanted: SieveRefusalCause) throws {
    #expect(try cause("NO \"No.\"", verb) == wanted)
    #expect(try cause("NO", verb) == wanted)
    #expect(try cause("NO (XYZ/QUOTA) \"No.\"", verb) == wanted)
    #expect(try cause("BYE \"No.\"", verb) == .tryLater)
  }

  @Test("a line number in the text tells of an invalid script")
  func invalid() throws {
    let text = "NO {24}\r\na: line 7: error: wrong.\r\n"
    guard case .invalidScript(let problems)? = try cause(text, .putScript) else {
      Issue.record("not invalid")
      return
    }
    #expect(problems.first?.line == 7)
    #expect(try cause("NO \"line 7: x\"", .listScripts) == .refused)
  }

  private func problems(_ text: String) -> [String] {
    SieveScriptProblem.all(in: Array(text.utf8)).map {
      "\($0.line.map(String.init) ?? "-"): \(String(decoding: $0.text, as: UTF8.self))"
    }
  }

  @Test("lines are found in Dovecot's and in Cyrus's form")
  func lines() {
    #expect(
      problems(
        "sieve: line 3: error: unknown command 'foo'.\r\nsieve: error: validation failed.\r\n")
        == ["3: error: unknown command 'foo'.", "-: sieve: error: validation failed."])
    #expect(
      problems("script errors:\r\nline 2: syntax error\r\n\r\n") == [
        "-: script errors:", "2: syntax error",
      ])
    // A name that looks like it.
    #expect(problems("line 9: line 4: error: x") == ["4: error: x"])
    #expect(problems("a: line 1: b: line 2: warning: x") == ["2: warning: x"])
    #expect(problems("a: line 1: b: line 2: x") == ["1: b: line 2: x"])
    for none in [
      "online 3: x", "line x: y", "line 3 x", "line 0: x", "line : x", "a line 3: x",
      "line 99999999999999999999: x",
    ] {
      #expect(problems(none) == ["-: \(none)"])
    }
    #expect(problems("") == [])
  }
}
