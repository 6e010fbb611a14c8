import MailProtocols
import Testing

@Suite("SASL mechanism name")
struct SASLMechanismNameTests {
  @Test("names have no case, 1 to 20 characters, and few kinds of them")
  func names() {
    #expect(SASLMechanismName("plain") == .plain)
    #expect(SASLMechanismName("Scram-Sha3-512-Plus") == .scram(.sha3Bits512, .bound))
    #expect(SASLMechanismName("A") != nil)
    #expect(SASLMechanismName(String(repeating: "A", count: 20)) != nil)
    for text in [
      "", String(repeating: "A", count: 21), "A B", "PLAIN\r\n", "PL\u{C4}IN", "A=B", "*",
    ] {
      #expect(SASLMechanismName(text) == nil, "\(text)")
    }
  }

  @Test("every own name is one, and the -PLUS ones are known as such")
  func own() {
    for entry in SASLClientRegistry.standard.entries {
      #expect(SASLMechanismName(entry.name.text) == entry.name)
      #expect(entry.name.isBoundSCRAM == entry.name.text.hasSuffix("-PLUS"))
      #expect(SASLServerRegistry.standard[entry.name] != nil)
    }
    #expect(SASLMechanismName("GS2-KRB5-PLUS")?.isBoundSCRAM == false)
    #expect(
      SASLClientRegistry.standard.entries.count == SASLServerRegistry.standard.entries.count)
  }
}
