import MailProtocols
import Testing

@Suite("Byte size")
struct ByteSizeTests {
  @Test(
    "units are powers of 1024, in either case, with a fraction if need be",
    arguments: [
      ("0", 0), ("1", 1), ("007", 7), ("10k", 10_240), ("10K", 10_240), ("1.5M", 1_572_864),
      ("2m", 2_097_152), (".5k", 512), ("1.k", 1024), ("1G", 1_073_741_824), ("0.0001k", 0),
      ("4g", 4_294_967_296), ("33554432", 33_554_432), ("8000000G", 8_589_934_592_000_000),
    ])
  func known(text: String, byteCount: Int) {
    #expect(ByteSize(text) == ByteSize(byteCount: byteCount))
  }

  @Test(
    "everything else is no size",
    arguments: [
      "", "k", ".", ".k", "1kk", "1kB", "-1", "+1", "1e3", "1 k", " 1", "1 ", "1,5M", "1.2.3",
      "0x10",
      "inf", "nan", "١", "1T", "9000000000G", "99999999999999999999",
    ])
  func none(text: String) {
    #expect(ByteSize(text) == nil)
  }
}
