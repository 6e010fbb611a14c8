import Testing

@testable import MailProtocols

@Suite("ManageSieve commands")
struct SieveCommandWriterTests {
  private func wire(_ command: SieveCommand) -> String {
    var writer = SieveCommandWriter()
    writer.write(command)
    return String(decoding: writer.take(), as: UTF8.self)
  }

  private static func name(_ text: String) -> SieveScriptName {
    SieveScriptName(wire: Array(text.utf8))
  }

  static let commands: [(SieveCommand, String, String?)] = [
    (.startTLS, "STARTTLS", nil), (.logout, "LOGOUT", nil), (.capability, "CAPABILITY", nil),
    (.listScripts, "LISTSCRIPTS", nil), (.unauthenticate, "UNAUTHENTICATE", nil),
    (.authenticate(.plain, initialResponse: nil), "AUTHENTICATE \"PLAIN\"", nil),
    (
      .authenticate(.external, initialResponse: []), "AUTHENTICATE \"EXTERNAL\" \"\"",
      "AUTHENTICATE \"EXTERNAL\" *"
    ),
    (
      .authenticate(.plain, initialResponse: [0, 0x61]), "AUTHENTICATE \"PLAIN\" \"AGE=\"",
      "AUTHENTICATE \"PLAIN\" *"
    ),
    (.haveSpace(name("a"), byteCount: 12), "HAVESPACE \"a\" 12", nil),
    (
      .putScript(name("a"), Array("x\r\n\0".utf8)), "PUTSCRIPT \"a\" {4+}\r\nx\r\n\0",
      "PUTSCRIPT \"a\" {4+}"
    ),
    (.putScript(name("a"), []), "PUTSCRIPT \"a\" {0+}\r\n", "PUTSCRIPT \"a\" {0+}"),
    (.setActive(nil), "SETACTIVE \"\"", nil), (.setActive(name("a")), "SETACTIVE \"a\"", nil),
    (.getScript(name("we\"ird")), "GETSCRIPT \"we\\\"ird\"", nil),
    (.deleteScript(name("b\\s")), "DELETESCRIPT \"b\\\\s\"", nil),
    (.renameScript(name("a b"), to: name("c")), "RENAMESCRIPT \"a b\" \"c\"", nil),
    (.getScript(name("\u{E9}")), "GETSCRIPT {2+}\r\n\u{E9}", nil),
    // What would otherwise be a second command.
    (.getScript(name("a\"\r\nLOGOUT")), "GETSCRIPT {10+}\r\na\"\r\nLOGOUT", nil),
    (.getScript(name("\0")), "GETSCRIPT {1+}\r\n\0", nil),
    (.getScript(name("\u{7F}")), "GETSCRIPT {1+}\r\n\u{7F}", nil),
    (.checkScript(Array("keep;".utf8)), "CHECKSCRIPT {5+}\r\nkeep;", "CHECKSCRIPT {5+}"),
    (.noOperation(tag: nil), "NOOP", nil), (.noOperation(tag: []), "NOOP \"\"", nil),
    (.noOperation(tag: Array("a\n".utf8)), "NOOP {2+}\r\na\n", nil),
    (.raw(SieveRawCommand(Array("HAVESPACE \"a\" 1".utf8))!), "HAVESPACE \"a\" 1", nil),
  ]

  @Test("each command, and what a trace shows of it", arguments: commands)
  func command(command: SieveCommand, wire: String, trace: String?) {
    #expect(self.wire(command) == wire + "\r\n")
    #expect(String(decoding: command.traceLine, as: UTF8.self) == trace ?? wire)
  }

  @Test("a string is quoted up to 1024 octets")
  func quotedLimit() {
    let long = String(repeating: "a", count: 1024)
    #expect(wire(.getScript(Self.name(long))) == "GETSCRIPT \"\(long)\"\r\n")
    #expect(wire(.getScript(Self.name(long + "a"))) == "GETSCRIPT {1025+}\r\n\(long)a\r\n")
    let token = SieveCommand.authenticate(
      .xoauth2, initialResponse: [UInt8](repeating: 0, count: 769))
    #expect(wire(token).hasPrefix("AUTHENTICATE \"XOAUTH2\" {1028+}\r\n"))
  }

  @Test("responses and the cancellation of SASL")
  func sasl() {
    var writer = SieveCommandWriter()
    writer.writeResponse([])
    writer.writeResponse([1])
    writer.writeCancellation()
    #expect(writer.wire == Array("\"\"\r\n\"AQ==\"\r\n\"*\"\r\n".utf8))
    writer.wipe()
    #expect(writer.wire.isEmpty)
  }

  @Test(
    "a raw command is one line that changes neither TLS nor the user",
    arguments: [
      "", "a\r\nb", "a\nb", "a\rb", "a\0", "PUTSCRIPT \"a\" {3+}", "x {3}", "STARTTLS",
      " starttls", "AUTHENTICATE \"PLAIN\"", "Unauthenticate", "LOGOUT", "logout x",
    ])
  func raw(text: String) {
    #expect(SieveRawCommand(Array(text.utf8)) == nil)
  }

  @Test("a raw command is of limited length")
  func rawLimit() {
    let limit = SieveRawCommand.maxByteCount
    #expect(SieveRawCommand([UInt8](repeating: 0x61, count: limit)) != nil)
    #expect(SieveRawCommand([UInt8](repeating: 0x61, count: limit + 1)) == nil)
  }
}
