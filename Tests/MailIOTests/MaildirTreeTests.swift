import Glibc
import MailProtocols
import TestSupport
import Testing

@testable import MailIO

@Suite("Maildir tree")
struct MaildirTreeTests {
  let scratch = ScratchDirectory()

  private func open(_ durability: DurabilityLevel = .none) throws -> MaildirTree {
    try MaildirTree(
      path: scratch["t"], names: MaildirNameSource(host: "mx"), durability: durability)
  }

  private func folders(_ names: String...) -> [MaildirFolderName] {
    names.map { MaildirFolderName([UInt8]($0.utf8)) { $0 } }
  }

  private func inode(_ path: String) -> (number: UInt64, links: UInt64) {
    var status = stat()
    stat(path, &status)
    return (UInt64(status.st_ino), UInt64(status.st_nlink))
  }

  @Test("the directory is made with mode 0700, a missing one above it is not")
  func makesDirectory() throws {
    _ = try open()
    #expect(ScratchDirectory.mode(scratch["t"]) == 0o700)
    #expect(ScratchDirectory.list(scratch["t"]).isEmpty)
    #expect(throws: SystemError("mkdir", scratch["a/b"], code: ENOENT)) {
      try MaildirTree(
        path: scratch["a/b"], names: MaildirNameSource(host: "mx"), durability: .none)
    }
  }

  @Test(
    "one message, three Maildirs: prepared in tmp/ of all, then in new/ of all, one file",
    arguments: DurabilityLevel.allCases, [10, 300_000])
  func delivers(durability: DurabilityLevel, byteCount: Int) throws {
    let tree = try open(durability)
    let names = folders("b@s", "../x", "c")
    let prepared = try tree.prepare(
      spool(pattern(byteCount), .directory(tree.path)), in: names)
    for name in names {
      #expect(ScratchDirectory.list(scratch["t/\(name.text)/tmp"]).count == 1)
      #expect(ScratchDirectory.list(scratch["t/\(name.text)/new"]).isEmpty)
      #expect(ScratchDirectory.mode(scratch["t/\(name.text)"]) == 0o700)
    }
    let paths = try prepared.map { try #require(try $0.commit()) }
    #expect(ScratchDirectory.list(scratch["t"]) == ["%2E.%2Fx", "b@s", "c"])
    #expect(Set(paths.map { $0.split(separator: "/").last }).count == 3)
    for (path, name) in zip(paths, names) {
      #expect(path.hasPrefix("\(tree.path)/\(name.text)/new/"))
      #expect(ScratchDirectory.read(path) == pattern(byteCount))
      #expect(inode(path).number == inode(paths[0]).number && inode(path).links == 3)
      #expect(ScratchDirectory.mode(path) == 0o600)
      #expect(ScratchDirectory.list(scratch["t/\(name.text)"]) == ["cur", "new", "tmp"])
      #expect(ScratchDirectory.list(scratch["t/\(name.text)/tmp"]).isEmpty)
    }
  }

  @Test("rolled back, before or after some are committed, nothing is left in tmp/ or new/")
  func rollback() throws {
    let tree = try open()
    for committedCount in 0...3 {
      let prepared = try tree.prepare(spool([1, 2, 3]), in: folders("b", "c", "d"))
      for message in prepared.prefix(committedCount) { _ = try message.commit() }
      for message in prepared { message.rollback() }
      for folder in ["b", "c", "d"] {
        #expect(ScratchDirectory.list(scratch["t/\(folder)/tmp"]).isEmpty)
        #expect(ScratchDirectory.list(scratch["t/\(folder)/new"]).isEmpty)
      }
    }
  }

  @Test("one Maildir that cannot be had: none has the message")
  func oneFails() throws {
    let tree = try open()
    ScratchDirectory.write([], to: scratch["t/c"])
    let error = try #require(throws: SystemError.self) {
      try tree.prepare(spool([1]), in: folders("b", "c"))
    }
    #expect(error.code == ENOTDIR)
    #expect(ScratchDirectory.list(scratch["t/b/tmp"]).isEmpty)
    unlink(scratch["t/c"])
    #expect(try tree.prepare(spool([1]), in: folders("b", "c")).count == 2)
  }

  @Test("a Maildir that was removed is made again; so is the part of one that is missing")
  func madeAgain() throws {
    let tree = try open(.full)
    for missing in [["b"], ["b/tmp"], ["b/cur", "b/new", "b/tmp"]] {
      for message in try tree.prepare(spool([1]), in: folders("b")) { _ = try message.commit() }
      for name in missing { ScratchDirectory.remove(scratch["t/\(name)"]) }
      let prepared = try tree.prepare(spool([2]), in: folders("a", "b"))
      #expect(try prepared.map { try $0.commit() }.count == 2)
      #expect(ScratchDirectory.list(scratch["t/b"]) == ["cur", "new", "tmp"])
    }
  }

  @Test("however many Maildirs a message goes into, one directory is open")
  func descriptors() throws {
    let tree = try open()
    let names = (0..<300).map { MaildirFolderName([UInt8]("r\($0)".utf8)) { $0 } }
    let prepared = try tree.prepare(spool([1]), in: names)
    let own = ScratchDirectory.list("/proc/self/fd").filter { number in
      var target = [CChar](repeating: 0, count: 4096)
      let count = readlink("/proc/self/fd/\(number)", &target, 4095)
      let path = target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
      return String(decoding: path, as: UTF8.self).hasPrefix(scratch.path)
    }
    #expect(own.count == 1)
    for message in prepared { _ = try message.commit() }
    #expect(ScratchDirectory.list(scratch["t/r299/new"]).count == 1)
  }

  @Test("20 threads deliver to the same new Maildirs at once, and nothing is lost")
  func threads() throws {
    let tree = try open(.full)
    let names = folders("b", "c")
    onThreads(20) { index in
      do {
        let prepared = try tree.prepare(spool(pattern(index + 1)), in: names)
        for message in prepared { _ = try message.commit() }
      } catch {
        Issue.record(error)
      }
    }
    for folder in ["b", "c"] {
      let files = ScratchDirectory.list(scratch["t/\(folder)/new"])
      let sizes = files.map { ScratchDirectory.read(scratch["t/\(folder)/new/\($0)"])?.count }
      #expect(Set(sizes) == Set(1...20))
      #expect(ScratchDirectory.list(scratch["t/\(folder)/tmp"]).isEmpty)
    }
  }
}
