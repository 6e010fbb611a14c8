import Testing
import ToolSupport

@Suite("Exit statuses")
struct ExitStatusTests {
  @Test("the numbers are those of postroom(7)")
  func numbers() {
    #expect(ExitStatus.usage.rawValue == 64)
    #expect(ExitStatus.ioError.rawValue == 74)
  }
}
