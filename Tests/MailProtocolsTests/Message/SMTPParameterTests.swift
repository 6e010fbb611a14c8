import MailProtocols
import Testing

/// Reads `text`, what stands behind the path.
private func read(_ text: String) throws(SMTPParameterError) -> [SMTPParameter] {
  let line = [UInt8](("<a@b.test>" + text).utf8)
  return try SMTPParameterParser.parse(line.span, from: 10)
}

private func parameter(_ name: String, _ value: String? = nil) -> SMTPParameter {
  SMTPParameter(name: name, value: value.map { [UInt8]($0.utf8) })!
}

@Suite("SMTP parameters")
struct SMTPParameterTests {
  @Test(
    "keywords lose their case, values keep theirs",
    arguments: [
      ("", []), ("   ", []), (" SMTPUTF8", [parameter("SMTPUTF8")]),
      (" size=1000", [parameter("SIZE", "1000")]),
      (
        " SIZE=10 BODY=8bitmime  smtputf8 ",
        [parameter("SIZE", "10"), parameter("BODY", "8bitmime"), parameter("SMTPUTF8")]
      ),
      (" AUTH=<> ENVID=QqA+2B", [parameter("AUTH", "<>"), parameter("ENVID", "QqA+2B")]),
      (" ORCPT=utf-8;ä@x", [parameter("ORCPT", "utf-8;ä@x")]),
      (" 8-b-=\"x\"", [parameter("8-B-", "\"x\"")]),
      (" SIZE 10000", [parameter("SIZE"), parameter("10000")]),
    ] as [(String, [SMTPParameter])])
  func known(text: String, parameters: [SMTPParameter]) throws {
    #expect(try read(text) == parameters)
  }

  @Test(
    "what is no parameter is malformed",
    arguments: [
      "SIZE=1", " =1", " SIZE=", " SIZE= 1", " SIZE==1", " SIZE=1=2", " -A=1", " A_B=1", " A=b\tc",
      "\tA=1", " A\0", " A=\u{7F}", " A,B", " <a@b>", " É=1", " A=\r", ">",
    ])
  func malformed(text: String) {
    #expect(throws: SMTPParameterError.malformed) { try read(text) }
  }

  @Test("a value that is not UTF-8 is malformed")
  func illFormed() {
    let line: [UInt8] = [.space, .ascii("A"), .ascii("="), 0xE9, .ascii("b")]
    #expect(throws: SMTPParameterError.malformed) {
      try SMTPParameterParser.parse(line.span, from: 0)
    }
  }

  @Test("a keyword may stand once, in whatever case")
  func duplicate() {
    #expect(throws: SMTPParameterError.duplicate("SIZE")) { try read(" SIZE=1 BODY=7BIT size=1") }
    #expect(throws: SMTPParameterError.duplicate("SMTPUTF8")) { try read(" SMTPUTF8 SMTPUTF8=x") }
  }

  @Test("a parameter to send holds nothing that would read as something else")
  func made() {
    #expect(SMTPParameter(name: "size", value: [UInt8]("10".utf8))?.name == "SIZE")
    for name in ["", " ", "A B", "A=B", "A\r\n", "-A", "A ", "É"] {
      #expect(SMTPParameter(name: name) == nil)
    }
    for value in ["", " ", "a b", "a=b", "a\r\nRSET", "a\0", "a ", " a"] {
      #expect(SMTPParameter(name: "A", value: [UInt8](value.utf8)) == nil)
    }
  }

  @Test("32 parameters are read, 33 are too many")
  func limit() throws {
    let full = (1...32).map { " K\($0)=v" }.joined()
    #expect(try read(full).count == 32)
    #expect(throws: SMTPParameterError.tooMany) { try read(full + " K33") }
  }
}
