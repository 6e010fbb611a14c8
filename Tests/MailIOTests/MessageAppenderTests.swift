import Glibc
import MailProtocols
import TestSupport
import Testing

@testable import MailIO

@Suite("Message appender")
struct MessageAppenderTests {
  let scratch = ScratchDirectory()
  let stamp = MessageStamp(sender: Array("a@b".utf8), seconds: 0)

  private func appender(
    _ durability: DurabilityLevel = .full, lockTimeout: Duration = .seconds(30)
  ) throws -> MessageAppender {
    try MessageAppender(mbox: scratch["box"], durability: durability, lockTimeout: lockTimeout)
  }

  private func text() -> String {
    String(decoding: ScratchDirectory.read(scratch["box"])!, as: UTF8.self)
  }

  @Test("appends message after message, quoted; the file is made with mode 0600")
  func appends() throws {
    let appender = try appender()
    #expect(ScratchDirectory.mode(scratch["box"]) == 0o600)
    for message in ["Subject: x\n\nFrom y\n", "no end"] {
      #expect(try appender.prepare(spool(Array(message.utf8)), stamp: stamp).commit() == nil)
    }
    let separator = "From a@b Thu Jan  1 00:00:00 1970\n"
    #expect(text() == "\(separator)Subject: x\n\n>From y\n\n\(separator)no end\n\n")
  }

  @Test("a large message comes back byte for byte", arguments: DurabilityLevel.allCases)
  func large(durability: DurabilityLevel) throws {
    let message = pattern(300_000) + [.lineFeed]
    let appender = try appender(durability)
    _ = try appender.prepare(spool(message), stamp: stamp).commit()
    #expect(
      MboxReader.messages(in: ScratchDirectory.read(scratch["box"])!)?.map(\.content) == [message])
  }

  @Test(
    "a file that does not end in an empty line gets one first",
    arguments: [("x", "x\n\n"), ("x\n", "x\n\n"), ("x\n\n", "x\n\n"), ("\n", "\n"), ("", "")])
  func missingLineEnds(before: String, completed: String) throws {
    ScratchDirectory.write(Array(before.utf8), to: scratch["box"])
    let appender = try appender()
    _ = try appender.prepare(spool([]), stamp: stamp).commit()
    #expect(text() == "\(completed)From a@b Thu Jan  1 00:00:00 1970\n\n")
  }

  @Test("a pipe has nothing to flush", arguments: DurabilityLevel.allCases)
  func pipe(durability: DurabilityLevel) throws {
    #expect(mkfifo(scratch["box"], 0o600) == 0)
    // Both ends: opening one alone would wait for the other.
    let end = open(scratch["box"], O_RDWR | O_NONBLOCK)
    defer { close(end) }
    _ = try appender(durability).prepare(spool([]), stamp: stamp).commit()
    var octets = [UInt8](repeating: 0, count: 100)
    let count = read(end, &octets, octets.count)
    #expect(String(decoding: octets.prefix(count), as: UTF8.self).hasPrefix("From a@b "))
  }

  @Test("rolled back or dropped, the file has its old length, and the lock is free")
  func rollback() throws {
    ScratchDirectory.write(Array("old".utf8), to: scratch["box"])
    let appender = try appender(lockTimeout: .milliseconds(50))
    try appender.prepare(spool(pattern(100_000)), stamp: stamp).rollback()
    #expect(text() == "old")
    _ = try appender.prepare(spool(pattern(10)), stamp: stamp)
    #expect(text() == "old")
    let prepared = try appender.prepare(spool([]), stamp: stamp)
    _ = try prepared.commit()
    let committed = text()
    prepared.rollback()
    #expect(text() == committed)
  }

  @Test("a full disk is told, and the next message is not kept waiting")
  func fullDisk() throws {
    let appender = try MessageAppender(mbox: "/dev/full", durability: .full)
    for _ in 0..<2 {
      #expect(throws: SystemError("write", "/dev/full", code: ENOSPC)) {
        try appender.prepare(spool(pattern(10)), stamp: stamp)
      }
    }
  }

  @Test("a message that fails in the middle leaves the file at its old length")
  func failureInTheMiddle() throws {
    ScratchDirectory.write(Array("old\n\n".utf8), to: scratch["box"])
    let message = try spool(pattern(300_000))
    // What was written is more than one write(2), and what is left of the message cannot be read.
    ftruncate(try #require(message.rawDescriptor), 200_000)
    let appender = try appender()
    let error = try #require(throws: SystemError.self) {
      try appender.prepare(message, stamp: stamp)
    }
    #expect(error.code == EIO)
    #expect(text() == "old\n\n")
    _ = try appender.prepare(spool([]), stamp: stamp).commit()
  }

  @Test("a lock that others hold is waited for, and no longer than told")
  func othersLock() throws {
    let appender = try appender(lockTimeout: .milliseconds(60))
    let other = try FileDescriptor.open(scratch["box"], flags: O_RDWR, target: "")
    // A lock of an open file stands against the process's own, as another process's would.
    let setOpenFileLock: Int32 = 37
    var whole = flock()
    whole.l_type = Int16(F_WRLCK)
    #expect(fcntl(other.rawValue, setOpenFileLock, &whole) == 0)
    #expect(throws: SystemError("lock", scratch["box"], code: ETIMEDOUT)) {
      try appender.prepare(spool([1]), stamp: stamp)
    }
    #expect(ScratchDirectory.read(scratch["box"]) == [])
    whole.l_type = Int16(F_UNLCK)
    #expect(fcntl(other.rawValue, setOpenFileLock, &whole) == 0)
    _ = try appender.prepare(spool([1]), stamp: stamp).commit()
  }

  @Test("a message in hand keeps other threads out, and no longer than told")
  func ownProcess() throws {
    let appender = try appender(lockTimeout: .milliseconds(60))
    let held = try appender.prepare(spool([1]), stamp: stamp)
    #expect(throws: SystemError("lock", scratch["box"], code: ETIMEDOUT)) {
      try appender.prepare(spool([2]), stamp: stamp)
    }
    _ = try held.commit()
    _ = try appender.prepare(spool([2]), stamp: stamp).commit()
  }

  @Test("20 threads at once: every message whole")
  func threads() throws {
    let appender = try appender(.none)
    let stamp = stamp
    onThreads(20) { index in
      for round in 0..<20 {
        let message = Array("\(index)/\(round)\nFrom \(String(repeating: "x", count: 200))\n".utf8)
        do {
          let prepared = try appender.prepare(spool(message), stamp: stamp)
          if round % 5 == 4 { prepared.rollback() } else { _ = try prepared.commit() }
        } catch {
          Issue.record(error)
        }
      }
    }
    let messages = try #require(MboxReader.messages(in: ScratchDirectory.read(scratch["box"])!))
    #expect(messages.count == 320)
    #expect(Set(messages.map(\.content)).count == 320)
    #expect(messages.allSatisfy { $0.content.count > 200 })
  }

  @Test("dumps follow each other in the file of the hour, whose directory is made")
  func dumps() throws {
    let style = DumpFraming.Style(startText: Array("--\n".utf8), hostname: "sink.test")
    let appender = MessageAppender(
      dump: DumpTemplate(scratch["d/%s"]), style: style, durability: .full)
    var wanted = ""
    for message in ["From x\n", "no end", ""] {
      #expect(try appender.prepare(spool(Array(message.utf8)), stamp: stamp).commit() == nil)
      wanted += message.isEmpty || message.hasSuffix("\n") ? "\(message)\n" : "\(message)\n\n"
    }
    let other = MessageStamp(sender: [], seconds: 1)
    _ = try appender.prepare(spool([]), stamp: other).commit()
    try appender.prepare(spool([1]), stamp: other).rollback()
    #expect(ScratchDirectory.list(scratch["d"]) == ["0", "1"])
    #expect(ScratchDirectory.mode(scratch["d/0"]) == 0o600)

    // Less what stands before each message: nine lines of one kind, the id apart.
    func messages(_ name: String) -> [String] {
      let text = String(decoding: ScratchDirectory.read(scratch[name])!, as: UTF8.self)
      return text.split(separator: "--\nX-Client-Addr: local\n").map { dump in
        dump.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(5)
          .joined(separator: "\n")
      }
    }
    #expect(messages("d/0").joined() == wanted)
    #expect(messages("d/1") == ["\n"])
  }

  @Test("an mbox's directory is not made")
  func noDirectory() {
    #expect(throws: SystemError("open", scratch["d/box"], code: ENOENT)) {
      try MessageAppender(mbox: scratch["d/box"], durability: .full)
    }
    #expect(ScratchDirectory.list(scratch.path).isEmpty)
  }
}
