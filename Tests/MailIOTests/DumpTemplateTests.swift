import Glibc
import MailProtocols
import TestSupport
import Testing

@testable import MailIO

@Suite("Dump template")
struct DumpTemplateTests {
  let scratch = ScratchDirectory()

  @Test(
    "strftime makes the name",
    arguments: [
      ("", ""), ("plain", "plain"), ("%s/x.", "1700000000/x."), ("%%%q", "%%q"), ("../é.", "../é."),
    ])
  func expansion(text: String, path: String) throws {
    // %% before %q is "%", and %q is nothing to strftime(3), which keeps it.
    #expect(try DumpTemplate(text).path(seconds: 1_700_000_000) == path)
  }

  @Test(
    "a name of 4096 octets is taken, and one more is too long", arguments: ["%4095s", "%4095Y"])
  func limit(format: String) throws {
    #expect(try DumpTemplate("\(format)x").path(seconds: 0).utf8.count == DumpTemplate.maxByteCount)
    #expect(throws: SystemError("open", "\(format)xx", code: ENAMETOOLONG)) {
      try DumpTemplate("\(format)xx").path(seconds: 0)
    }
  }

  @Test("an absurd width ends", arguments: ["%2147483647Y", "%99999999999999999999Y"])
  func absurdWidth(text: String) {
    #expect(throws: SystemError("open", text, code: ENAMETOOLONG)) {
      try DumpTemplate(text).path(seconds: 0)
    }
  }

  @Test(
    "a date in local time is the moment it was made of",
    arguments: [0, 1_700_000_000, 1_795_257_000])
  func mailDate(seconds: Int) throws {
    let text = LocalTime.mailDate(seconds: Int64(seconds))
    #expect(MailDateParser.seconds(Array(text.utf8).span) == seconds)
  }

  @Test(
    "the directory of a path",
    arguments: [("x", "."), ("/x", "/"), ("a/x", "a"), ("/a/b/x", "/a/b"), ("a/", "a")])
  func parent(path: String, directory: String) {
    #expect(ParentDirectory.path(of: path) == directory)
  }

  @Test("missing directories are made for their owner alone", arguments: DurabilityLevel.allCases)
  func directories(durability: DurabilityLevel) throws {
    try ParentDirectory.make(of: scratch["a//b/../c/x"], durability: durability)
    #expect(ScratchDirectory.list(scratch["a"]) == ["b", "c"])
    #expect(ScratchDirectory.mode(scratch["a/c"]) == 0o700)
    #expect(ScratchDirectory.list(scratch["a/c"]).isEmpty)
    // What is there already stays as it is.
    try ParentDirectory.make(of: scratch["a/c/y/z"], durability: durability)
    #expect(ScratchDirectory.list(scratch["a/c"]) == ["y"])
  }

  @Test("the directory that cannot be made is named")
  func directoryFails() {
    ScratchDirectory.write([], to: scratch["file"])
    #expect(throws: SystemError("mkdir", scratch["file/a"], code: ENOTDIR)) {
      try ParentDirectory.make(of: scratch["file/a/b"], durability: .none)
    }
  }
}
