import Glibc
import TestSupport
import Testing

@testable import MailIO

@Suite("Message spool")
struct MessageSpoolTests {
  let scratch = ScratchDirectory()

  @Test("holds what was appended, in memory and in a file, in pieces of any size")
  func roundTrip() throws {
    for byteCount in [0, 1, 99, 100, 101, 199, 200, 201, 5000, 200_000] {
      for pieceCount in [1, 7, 99, 100, 101, 70_000] where byteCount / pieceCount < 6000 {
        let spool = try spool(pattern(byteCount), pieceCount: pieceCount, memoryLimit: 100)
        #expect(spool.byteCount == byteCount)
        #expect(try content(of: spool) == pattern(byteCount))
        #expect(try content(of: spool) == pattern(byteCount))
        #expect((spool.rawDescriptor == nil) == (byteCount <= 100))
      }
    }
  }

  @Test("the pieces of a large message are no longer than a buffer")
  func pieces() throws {
    let spool = try spool(pattern(300_000), pieceCount: 150_000)
    var longest = 0
    try spool.forEachPiece { longest = max(longest, $0.count) }
    #expect(longest == 64 * 1024)
  }

  @Test("a message at the memory limit makes no file, one past it a file in tmp/ of the Maildir")
  func limit() throws {
    let maildir = try Maildir(path: scratch["m"], names: MaildirNameSource(host: "h"))
    let small = try spool(pattern(64 * 1024), .maildir(maildir))
    #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
    let large = try spool(pattern(64 * 1024 + 1), .maildir(maildir))
    #expect(ScratchDirectory.list(scratch["m/tmp"]).count == 1)
    #expect(small.byteCount + 1 == large.byteCount)
  }

  @Test("discarded or dropped, nothing of it is left, and a discarded spool can be used again")
  func noTrace() throws {
    let maildir = try Maildir(path: scratch["m"], names: MaildirNameSource(host: "h"))
    let pool = BufferPool(bufferByteCount: 10, maxKeptCount: 5)
    do {
      let spool = MessageSpool(overflow: .maildir(maildir), memoryLimit: 10, pool: pool)
      spool.append(pattern(1000).span)
      spool.append(pattern(5).span)
      #expect(ScratchDirectory.list(scratch["m/tmp"]).count == 1)
      spool.discard()
      #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
      #expect(spool.byteCount == 0)
      spool.append([1, 2, 3].span)
      try spool.finish()
      #expect(try content(of: spool) == [1, 2, 3])
      spool.append(pattern(1000).span)
    }
    #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
    #expect(pool.keptCount == 1)
  }

  @Test("a file that cannot be made is told at the end, and what follows is only counted")
  func cannotMake() throws {
    let spool = MessageSpool(overflow: .directory(scratch["none"]), memoryLimit: 100)
    for _ in 0..<10 { spool.append(pattern(100).span) }
    #expect(spool.byteCount == 1000)
    let error = SystemError("open", scratch["none"], code: ENOENT)
    #expect(throws: error) { try spool.finish() }
    #expect(throws: error) { try spool.finish() }
    #expect(throws: error) { try spool.forEachPiece { _ in } }
  }

  @Test("where there is no O_TMPFILE a name is made and removed")
  func namedForAMoment() throws {
    let file = try TemporaryFile.makeAndUnlink(in: scratch.path)
    try pattern(10).withUnsafeBytes { try file.writeAll($0, target: "") }
    #expect(try file.byteCount("") == 10)
    #expect(ScratchDirectory.list(scratch.path).isEmpty)
  }
}
