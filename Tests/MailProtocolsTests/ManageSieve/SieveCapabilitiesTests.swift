import Testing

@testable import MailProtocols

@Suite("ManageSieve capabilities")
struct SieveCapabilitiesTests {
  private func capabilities(_ text: String) throws -> SieveCapabilities {
    var parser = SieveTokenParser()
    var position = 0
    var lines: [SieveLine] = []
    let octets = Array(text.utf8)
    while let line = try parser.nextLine(octets.span, at: &position) { lines.append(line) }
    return try SieveCapabilities(lines: lines)
  }

  @Test("the example of RFC 5804 1.8, and what Dovecot and Cyrus add")
  func all() throws {
    let capabilities = try capabilities(
      """
      "IMPlemENTATION" "Example1 ManageSieved v001"\r
      "SASl" "DIGEST-MD5 GSSAPI DIGEST-MD5"\r
      "SIeVE" "fileinto vacation"\r
      "StaRTTLS"\r
      "NOTIFY" "xmpp mailto"\r
      "MAXREDIRECTS" "5"\r
      "LANGUAGE" {2}\r
      de\r
      "OWNER" "alexey@example.com"\r
      "UNAUTHENTICATE"\r
      "VERSION" "1.0"\r
      "EXTLISTS" "urn:x"\r
      "XNONE"\r

      """)
    #expect(capabilities.implementation == "Example1 ManageSieved v001")
    #expect(capabilities.sasl == ["DIGEST-MD5", "GSSAPI"])
    #expect(capabilities.sieve == ["fileinto", "vacation"])
    #expect(capabilities.startTLS && capabilities.unauthenticate)
    #expect(capabilities.notify == ["xmpp", "mailto"])
    #expect(capabilities.maxRedirects == 5)
    #expect(capabilities.language == "de")
    #expect(capabilities.owner == "alexey@example.com")
    #expect(capabilities.version == "1.0")
    #expect(capabilities.other.map(\.name) == ["EXTLISTS", "XNONE"])
    #expect(capabilities.other.map(\.value) == ["urn:x", nil])
    #expect(SieveVerb.allCases.allSatisfy(capabilities.offers))
    #expect(!capabilities.isCyrus)
  }

  @Test("nothing is there that is not listed; values may be missing, empty or no numbers")
  func none() throws {
    let capabilities = try capabilities(
      "\"SASL\" \"\"\r\n\"SIEVE\"\r\n\"MAXREDIRECTS\" \"many\"\r\n\"IMPLEMENTATION\" \"Cyrus timsieved v3\"\r\n"
    )
    #expect(capabilities.sasl == [] && capabilities.sieve == [])
    #expect(capabilities.maxRedirects == nil && capabilities.version == nil)
    #expect(capabilities.isCyrus)
    for verb in [SieveVerb.renameScript, .checkScript, .noOperation, .startTLS, .unauthenticate] {
      #expect(!capabilities.offers(verb))
    }
  }

  @Test("mechanisms that are none are listed, and not used")
  func mechanisms() throws {
    let capabilities = try capabilities("\"SASL\" \"plain x/y SCRAM-SHA-1\"\r\n")
    #expect(capabilities.sasl == ["plain", "x/y", "SCRAM-SHA-1"])
    #expect(capabilities.mechanisms == [.plain, .scram(.sha1, .unbound)])
  }

  @Test("a line that begins with no string is a breach", arguments: ["x \"y\"", "", "(\"a\")"])
  func malformed(text: String) {
    #expect(throws: SieveProtocolError.self) { try capabilities("\(text)\r\n") }
  }
}
