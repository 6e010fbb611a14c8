import Glibc
import MailProtocols
import TestSupport
import Testing

@testable import MailIO

@Suite("Dump delivery")
struct DumpDeliveryTests {
  let scratch = ScratchDirectory()
  let stamp = MessageStamp(sender: [], seconds: 1_700_000_000)
  let style = DumpFraming.Style(startText: [], hostname: "sink.test")

  private func delivery(
    _ template: String, _ durability: DurabilityLevel = .full,
    number: @escaping @Sendable () -> UInt32 = { 0x0BAD_CAFE }
  ) -> DumpDelivery {
    DumpDelivery(
      DumpTemplate(scratch[template]), style: style, durability: durability, number: number)
  }

  private func text(_ path: String) -> String {
    String(decoding: ScratchDirectory.read(path) ?? [], as: UTF8.self)
  }

  @Test(
    "a whole file under its name, its directory made, for its owner alone",
    arguments: DurabilityLevel.allCases)
  func delivers(durability: DurabilityLevel) throws {
    let message = pattern(200_000) + [.lineFeed]
    let prepared = try delivery("d/%s/x.", durability).prepare(spool(message), stamp: stamp)
    let path = scratch["d/1700000000/x.0badcafe"]
    #expect(ScratchDirectory.list(scratch["d/1700000000"]) == [".smtp-sink.0badcafe"])
    #expect(prepared.path == scratch["d/1700000000/.smtp-sink.0badcafe"])
    #expect(try prepared.commit() == path)
    #expect(prepared.path == path)
    #expect(ScratchDirectory.list(scratch["d/1700000000"]) == ["x.0badcafe"])
    #expect(ScratchDirectory.mode(path) == 0o600)
    let octets = try #require(ScratchDirectory.read(path))
    #expect(Array(octets.suffix(message.count + 1)) == message + [.lineFeed])
    #expect(text(path).contains("\tby sink.test (smtp-sink) with SMTP id 0badcafe;\n"))
  }

  @Test("a template that ends in a slash, or is empty, leaves the number as the name")
  func numberAlone() throws {
    let path = try delivery("d/").prepare(spool([]), stamp: stamp).commit()
    #expect(path == scratch["d/0badcafe"])
    #expect(ScratchDirectory.list(scratch["d"]) == ["0badcafe"])
  }

  @Test("rolled back or dropped, before or after commit, nothing is left")
  func rollback() throws {
    let delivery = delivery("d/x.")
    let committed = try delivery.prepare(spool([1]), stamp: stamp)
    _ = try committed.commit()
    committed.rollback()
    #expect(ScratchDirectory.list(scratch["d"]).isEmpty)
    try delivery.prepare(spool([1]), stamp: stamp).rollback()
    #expect(ScratchDirectory.list(scratch["d"]).isEmpty)
    _ = try delivery.prepare(spool([1]), stamp: stamp)
    #expect(ScratchDirectory.list(scratch["d"]).isEmpty)
    var kept: (any PreparedMessage)? = try delivery.prepare(spool([1]), stamp: stamp)
    _ = try kept?.commit()
    kept = nil
    #expect(ScratchDirectory.list(scratch["d"]) == ["x.0badcafe"])
  }

  @Test("a number that is taken is not used, by a file or by one on its way")
  func takenNumbers() throws {
    let numbers = Guarded<[UInt32]>([3, 3, 2, 1, 2, 1])
    let delivery = delivery("x.") { numbers.withLock { $0.popLast() ?? 9 } }
    ScratchDirectory.write([7], to: scratch["x.00000001"])
    let first = try delivery.prepare(spool([]), stamp: stamp)
    #expect(first.path == scratch[".smtp-sink.00000002"])
    let second = try delivery.prepare(spool([]), stamp: stamp)
    #expect(second.path == scratch[".smtp-sink.00000003"])
    #expect(try first.commit() == scratch["x.00000002"])
    #expect(try second.commit() == scratch["x.00000003"])
    #expect(text(scratch["x.00000003"]).contains(" id 00000003;"))
    #expect(ScratchDirectory.read(scratch["x.00000001"]) == [7])
  }

  @Test("it looks for a free number 100 times, and no more", arguments: [98, 99, 100])
  func attempts(takenCount: Int) throws {
    ScratchDirectory.write([7], to: scratch["x.00000001"])
    let calls = Guarded(0)
    let delivery = delivery("x.") {
      calls.withLock { count in
        count += 1
        return count <= takenCount ? 1 : 2
      }
    }
    if takenCount < DumpDelivery.maxNameAttemptCount {
      _ = try delivery.prepare(spool([]), stamp: stamp).commit()
    } else {
      #expect(throws: SystemError("open", scratch["x.00000001"], code: EEXIST)) {
        try delivery.prepare(spool([]), stamp: stamp)
      }
    }
    #expect(ScratchDirectory.read(scratch["x.00000001"]) == [7])
    #expect(!ScratchDirectory.list(scratch.path).contains { $0.hasPrefix(".") })
  }

  @Test("a name that somebody else took meanwhile is left to them")
  func takenMeanwhile() throws {
    let prepared = try delivery("x.").prepare(spool([1]), stamp: stamp)
    let path = scratch["x.0badcafe"]
    ScratchDirectory.write([7], to: path)
    #expect(throws: SystemError("rename", path, code: EEXIST)) { try prepared.commit() }
    prepared.rollback()
    #expect(ScratchDirectory.list(scratch.path) == ["x.0badcafe"])
    #expect(ScratchDirectory.read(path) == [7])
  }

  @Test("a message that fails in the middle leaves nothing")
  func failureInTheMiddle() throws {
    let message = try spool(pattern(300_000))
    ftruncate(try #require(message.rawDescriptor), 200_000)
    let error = try #require(throws: SystemError.self) {
      try delivery("d/x.").prepare(message, stamp: stamp)
    }
    #expect(error.code == EIO)
    #expect(ScratchDirectory.list(scratch["d"]).isEmpty)
  }

  @Test("a directory that cannot be made is told, and the next message is taken")
  func noDirectory() throws {
    ScratchDirectory.write([], to: scratch["d"])
    let delivery = delivery("d/e/x.")
    let error = try #require(throws: SystemError.self) {
      try delivery.prepare(spool([1]), stamp: stamp)
    }
    #expect(error.code == ENOTDIR)
    unlink(scratch["d"])
    _ = try delivery.prepare(spool([1]), stamp: stamp).commit()
    #expect(ScratchDirectory.list(scratch["d/e"]) == ["x.0badcafe"])
  }

  @Test("20 threads that share few numbers: as many files as messages, each whole")
  func threads() throws {
    let delivery = delivery("d/x.", .none) { .random(in: 0..<2000) }
    let stamp = stamp
    onThreads(20) { index in
      for round in 0..<20 {
        do {
          let message = try spool(Array("\(index)/\(round)\n".utf8))
          let prepared = try delivery.prepare(message, stamp: stamp)
          if round % 5 == 4 { prepared.rollback() } else { _ = try prepared.commit() }
        } catch {
          Issue.record(error)
        }
      }
    }
    let names = ScratchDirectory.list(scratch["d"])
    #expect(names.count == 320)
    for name in names {
      #expect(text(scratch["d/\(name)"]).contains(" id \(name.dropFirst(2));\n"))
    }
    let bodies = names.map { text(scratch["d/\($0)"]).split(separator: "\n").last }
    #expect(Set(bodies).count == 320)
  }
}
