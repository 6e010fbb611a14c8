import MailProtocols
import Testing

@Suite("Byte classes")
struct ByteClassTests {
  @Test("digits, letters and hexadecimal digits are ASCII alone", arguments: UInt8.min...UInt8.max)
  func classes(byte: UInt8) {
    let character = Character(Unicode.Scalar(byte))
    let isASCII = byte < 0x80
    #expect(byte.isDigit == (isASCII && ("0"..."9").contains(character)))
    #expect(byte.isAlpha == (isASCII && character.isLetter))
    #expect((byte.hexValue != nil) == (isASCII && character.isHexDigit))
    #expect(byte.hexValue.map(Int.init) == (isASCII ? character.hexDigitValue : nil))
  }

  @Test(
    "case folds for letters and leaves every other octet alone", arguments: UInt8.min...UInt8.max)
  func folding(byte: UInt8) {
    #expect(byte.isAlpha ? byte.lowercased != byte.uppercased : byte.lowercased == byte.uppercased)
    #expect(byte.lowercased.uppercased == byte.uppercased)
  }
}
