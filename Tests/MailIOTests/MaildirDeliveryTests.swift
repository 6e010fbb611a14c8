import Glibc
import TestSupport
import Testing

@testable import MailIO

@Suite("Maildir delivery")
struct MaildirDeliveryTests {
  let scratch = ScratchDirectory()
  let stamp = MessageStamp(sender: Array("a@b".utf8), seconds: 0)

  private func open(_ name: String = "m", _ names: MaildirNameSource? = nil) throws -> Maildir {
    try Maildir(path: scratch[name], names: names ?? MaildirNameSource(host: "mx/1"))
  }

  @Test("makes the directories with mode 0700, and takes those that are there")
  func makesDirectories() throws {
    _ = try open()
    #expect(ScratchDirectory.list(scratch["m"]) == ["cur", "new", "tmp"])
    for name in ["m", "m/tmp", "m/new", "m/cur"] {
      #expect(ScratchDirectory.mode(scratch[name]) == 0o700)
    }
    rmdir(scratch["m/cur"])
    _ = try open()
    #expect(ScratchDirectory.list(scratch["m"]) == ["cur", "new", "tmp"])
  }

  @Test("what stands in the way is named")
  func inTheWay() throws {
    #expect(throws: SystemError("mkdir", scratch["a/b"], code: ENOENT)) { try open("a/b") }
    ScratchDirectory.write([], to: scratch["f"])
    #expect(throws: SystemError("open", scratch["f"], code: ENOTDIR)) { try open("f") }
    mkdir(scratch["m"], 0o700)
    ScratchDirectory.write([], to: scratch["m/new"])
    #expect(throws: SystemError("open", scratch["m/new"], code: ENOTDIR)) { try open() }
    unlink(scratch["m/new"])
    symlink("/tmp", scratch["m/new"])
    #expect(throws: SystemError("open", scratch["m/new"], code: ENOTDIR)) { try open() }
  }

  @Test(
    "a message shows in new/ when it is committed and not before, byte for byte, mode 0600",
    arguments: DurabilityLevel.allCases, [0, 1000, 300_000])
  func delivers(durability: DurabilityLevel, byteCount: Int) throws {
    let maildir = try open()
    let delivery = MaildirDelivery(maildir, durability: durability)
    let prepared = try delivery.prepare(
      spool(pattern(byteCount), .maildir(maildir)), stamp: stamp)
    #expect(ScratchDirectory.list(scratch["m/new"]).isEmpty)
    #expect(ScratchDirectory.list(scratch["m/tmp"]).count == 1)
    let path = try #require(try prepared.commit())
    #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
    #expect(ScratchDirectory.list(scratch["m/new"]).map { "\(scratch.path)/m/new/\($0)" } == [path])
    #expect(path.hasSuffix(".mx\\0571"))
    #expect(ScratchDirectory.read(path) == pattern(byteCount))
    #expect(ScratchDirectory.mode(path) == 0o600)
  }

  @Test(
    "the path starts with the directory as the user gave it, less a slash at its end",
    arguments: [("/./m", "/./m/new/"), ("/m/", "/m/new/"), ("/../x", "/../x/new/")])
  func pathAsGiven(given: String, start: String) throws {
    mkdir(scratch["d"], 0o700)
    let maildir = try Maildir(path: scratch["d"] + given, names: MaildirNameSource(host: "h"))
    let path = try MaildirDelivery(maildir, durability: .none)
      .prepare(spool([1]), stamp: stamp).commit()
    #expect(path?.hasPrefix(scratch["d"] + start) == true)
  }

  @Test("the file a large message was spooled into is the file delivered; a second store copies")
  func sameFile() throws {
    let maildir = try open()
    let spool = try spool(pattern(300_000), .maildir(maildir))
    let spooled = ScratchDirectory.list(scratch["m/tmp"])
    let first = try MaildirDelivery(maildir, durability: .none).prepare(spool, stamp: stamp)
    #expect(ScratchDirectory.list(scratch["m/tmp"]) == spooled)
    let again = try MaildirDelivery(maildir, durability: .none).prepare(spool, stamp: stamp)
    let other = try MaildirDelivery(open("n"), durability: .file).prepare(spool, stamp: stamp)
    let paths = try [first, again, other].map { try #require(try $0.commit()) }
    #expect(paths[0].hasSuffix(spooled[0]))
    spool.discard()
    for path in paths { #expect(ScratchDirectory.read(path) == pattern(300_000)) }
  }

  @Test("rolled back or dropped, nothing is left in tmp/ or new/", arguments: [10, 300_000])
  func rollback(byteCount: Int) throws {
    let maildir = try open()
    let delivery = MaildirDelivery(maildir, durability: .full)
    for isCommitted in [false, true] {
      let prepared = try delivery.prepare(
        spool(pattern(byteCount), .maildir(maildir)), stamp: stamp)
      if isCommitted { _ = try prepared.commit() }
      prepared.rollback()
      #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
      #expect(ScratchDirectory.list(scratch["m/new"]).isEmpty)
    }
    _ = try delivery.prepare(spool(pattern(byteCount), .maildir(maildir)), stamp: stamp)
    #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
  }

  @Test(
    "new/ removed or replaced by a file: refused, nothing left, and the next message is taken",
    arguments: DurabilityLevel.allCases, [10, 300_000])
  func brokenNew(durability: DurabilityLevel, byteCount: Int) throws {
    let maildir = try open()
    let delivery = MaildirDelivery(maildir, durability: durability)
    func deliver() throws -> String? {
      try delivery.prepare(spool(pattern(byteCount), .maildir(maildir)), stamp: stamp).commit()
    }
    rmdir(scratch["m/new"])
    let removed = try #require(throws: SystemError.self) { try deliver() }
    #expect(removed.code == ENOENT)
    #expect(removed.target.hasPrefix(scratch["m/new"]))
    ScratchDirectory.write([], to: scratch["m/new"])
    let replaced = try #require(throws: SystemError.self) { try deliver() }
    #expect(replaced.code == ENOTDIR)
    #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
    unlink(scratch["m/new"])
    mkdir(scratch["m/new"], 0o700)
    #expect(try deliver().flatMap(ScratchDirectory.read) == pattern(byteCount))
  }

  @Test("tmp/ removed: the message cannot be prepared, and the error names the place")
  func brokenTmp() throws {
    let maildir = try open()
    rmdir(scratch["m/tmp"])
    let error = try #require(throws: SystemError.self) {
      try MaildirDelivery(maildir, durability: .none).prepare(spool([1]), stamp: stamp)
    }
    #expect(error.code == ENOENT)
    #expect(error.description.hasPrefix("open \(scratch["m/tmp"])/"))
  }

  @Test("a copy that fails in the middle leaves nothing in tmp/")
  func failureInTheMiddle() throws {
    let spool = try spool(pattern(300_000))
    ftruncate(try #require(spool.rawDescriptor), 200_000)
    let maildir = try open()
    let error = try #require(throws: SystemError.self) {
      try MaildirDelivery(maildir, durability: .full).prepare(spool, stamp: stamp)
    }
    #expect(error.code == EIO)
    #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
  }

  @Test("a name that is taken, in tmp/ or in new/, is left alone and another one found")
  func collisions() throws {
    let names = FixedNames(["one", "one", "two", "three"])
    let maildir = try open("m", MaildirNameSource { names.next() })
    let delivery = MaildirDelivery(maildir, durability: .none)
    ScratchDirectory.write([9], to: scratch["m/tmp/one"])
    ScratchDirectory.write([9], to: scratch["m/new/two"])
    let path = try delivery.prepare(spool([1]), stamp: stamp).commit()
    #expect(path == scratch["m/new/three"])
    #expect(ScratchDirectory.list(scratch["m/new"]) == ["three", "two"])
    #expect(ScratchDirectory.list(scratch["m/tmp"]) == ["one"])
    #expect(ScratchDirectory.read(scratch["m/new/two"]) == [9])
    #expect(ScratchDirectory.read(scratch["m/new/three"]) == [1])
  }

  @Test("names that are always taken are given up, in tmp/ and in new/, and nothing is left")
  func collisionLimit() throws {
    let maildir = try open("m", MaildirNameSource { Array("same".utf8) })
    let delivery = MaildirDelivery(maildir, durability: .none)
    _ = try delivery.prepare(spool([1]), stamp: stamp).commit()
    let error = try #require(throws: SystemError.self) {
      try delivery.prepare(spool([2]), stamp: stamp).commit()
    }
    #expect(error.code == EEXIST)
    #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
    #expect(ScratchDirectory.read(scratch["m/new/same"]) == [1])
    ScratchDirectory.write([9], to: scratch["m/tmp/same"])
    #expect(throws: SystemError("open", scratch["m/tmp/same"], code: EEXIST)) {
      try delivery.prepare(spool([2]), stamp: stamp)
    }
    #expect(ScratchDirectory.list(scratch["m/tmp"]) == ["same"])
  }

  @Test("20 threads at once: each message whole, under a name of its own")
  func threads() throws {
    let maildir = try open()
    let stamp = stamp
    let paths = Guarded<[String]>([])
    onThreads(20) { index in
      for round in 0..<20 {
        let octets = Array("\(index)/\(round)\n".utf8) + pattern(round % 4 == 0 ? 70_000 : 100)
        do {
          let path = try MaildirDelivery(maildir, durability: .none)
            .prepare(spool(octets, .maildir(maildir)), stamp: stamp).commit()!
          #expect(ScratchDirectory.read(path) == octets)
          paths.withLock { $0.append(path) }
        } catch {
          Issue.record(error)
        }
      }
    }
    #expect(Set(paths.withLock { $0 }).count == 400)
    #expect(ScratchDirectory.list(scratch["m/new"]).count == 400)
    #expect(ScratchDirectory.list(scratch["m/tmp"]).isEmpty)
  }
}

private final class FixedNames: Sendable {
  private let names: Guarded<[String]>
  init(_ names: [String]) { self.names = Guarded(names) }
  func next() -> [UInt8] { names.withLock { Array($0.removeFirst().utf8) } }
}
