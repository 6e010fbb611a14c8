import Glibc
import TestSupport
import Testing

@testable import MailIO

@Suite("File operations")
struct FileOperationsTests {
  let scratch = ScratchDirectory()

  @Test("a descriptor closes with its owner, and is close-on-exec")
  func ownership() throws {
    let number: Int32
    do {
      let file = try FileDescriptor.open("/dev/null", flags: O_RDONLY, target: "/dev/null")
      number = file.rawValue
      #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
    }
    // Another thread may have the number by now, but not for /dev/null opened for reading.
    var status = stat()
    var null = stat()
    stat("/dev/null", &null)
    #expect(fstat(number, &status) != 0 || status.st_rdev != null.st_rdev)
  }

  @Test("a released descriptor stays open")
  func release() throws {
    let number = try FileDescriptor.open("/dev/null", flags: O_RDONLY, target: "").release()
    #expect(fcntl(number, F_GETFD) >= 0)
    try FileDescriptor(owning: number).close()
  }

  @Test("a failure names call, path and reason")
  func failures() throws {
    #expect(throws: SystemError("open", "x", code: ENOENT)) {
      _ = try FileDescriptor.open(scratch["none"], flags: O_RDONLY, target: "x")
    }
    let full = try FileDescriptor.open("/dev/full", flags: O_WRONLY, target: "")
    #expect(throws: SystemError("write", "disk", code: ENOSPC)) {
      try [1, 2, 3].withUnsafeBytes { try full.writeAll($0, target: "disk") }
    }
    // A device has nothing to flush.
    try full.synchronize("disk")
    #expect(throws: SystemError("ftruncate", "disk", code: EINVAL)) {
      try full.truncate(to: 0, target: "disk")
    }
  }

  @Test("what is written is read, from any offset, and no further than the file")
  func readBack() throws {
    let file = try FileDescriptor.open(scratch["f"], flags: O_RDWR | O_CREAT, target: "")
    try pattern(1000).withUnsafeBytes { try file.writeAll($0, target: "") }
    var read = [UInt8](repeating: 0, count: 600)
    let count = try read.withUnsafeMutableBytes { try file.read(at: 500, into: $0, target: "") }
    #expect(read[..<count] == pattern(1000)[500...])
    try file.truncate(to: 10, target: "")
    #expect(try file.byteCount("") == 10)
    #expect(ScratchDirectory.mode(scratch["f"]) == 0o600)
  }

  @Test("renaming replaces nothing, by either way", arguments: [true, false])
  func rename(byRename: Bool) throws {
    func rename(_ old: String, _ new: String) throws(SystemError) {
      if byRename {
        try renameWithoutReplacing(old, in: AT_FDCWD, to: new, in: AT_FDCWD, target: "t")
      } else {
        try linkAndUnlink(old, in: AT_FDCWD, to: new, in: AT_FDCWD, target: "t")
      }
    }
    ScratchDirectory.write([1], to: scratch["a"])
    ScratchDirectory.write([2], to: scratch["b"])
    let error = try #require(throws: SystemError.self) { try rename(scratch["a"], scratch["b"]) }
    #expect(error.code == EEXIST)
    #expect(ScratchDirectory.read(scratch["b"]) == [2])
    try rename(scratch["a"], scratch["c"])
    #expect(ScratchDirectory.list(scratch.path) == ["b", "c"])
    #expect(ScratchDirectory.read(scratch["c"]) == [1])
  }
}
