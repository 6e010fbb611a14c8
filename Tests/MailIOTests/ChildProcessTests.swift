import CLinux
import Glibc
import TestSupport
import Testing

@testable import MailIO

private let path = "PATH=/usr/bin:/bin"

@Suite("Child process")
struct ChildProcessTests {
  let scratch = ScratchDirectory()

  private func shell(_ script: String) throws -> ChildProcess {
    try ChildProcess(["sh", "-c", script], environment: [path], input: .null)
  }

  @Test(
    "ends by itself or by a signal",
    arguments: [
      ("exit 0", .exited(0)), ("exit 255", .exited(255)), ("kill -9 $$", .signalled(SIGKILL)),
      ("kill -15 $$", .signalled(SIGTERM)),
    ] as [(String, ChildStatus)])
  func status(script: String, status: ChildStatus) throws {
    var child = try shell(script)
    #expect(try child.wait(until: nil) == status)
    #expect(try child.wait(until: nil) == status)
    #expect(try child.terminate() == status)
  }

  @Test("not found is 127, found and not to be run 126")
  func notStarted() throws {
    ScratchDirectory.write([], to: scratch["plain"])
    for (word, code, status) in [
      ("postroom-no-such-command", ENOENT, 127), (scratch["none"], ENOENT, 127),
      (scratch["plain"], EACCES, 126), (scratch.path, EACCES, 126),
    ] as [(String, Int32, Int32)] {
      let error = try #require(throws: SystemError.self) {
        _ = try ChildProcess([word], environment: [])
      }
      #expect(error == SystemError("exec", word, code: code))
      #expect(error.commandStatus == status)
    }
    chmod(scratch["plain"], 0o755)
    let error = try #require(throws: SystemError.self) {
      _ = try ChildProcess([scratch["plain"]], environment: [])
    }
    #expect(error.commandStatus == 126)
  }

  @Test("a word with a NUL is refused, not cut", arguments: [[], ["a\0b"], ["sh", "a\0"]])
  func nul(words: [String]) {
    #expect(throws: SystemError("exec", words.first ?? "", code: EINVAL)) {
      _ = try ChildProcess(words, environment: [])
    }
  }

  @Test("runs until its deadline, is then killed, and all of its own group with it")
  func deadline() throws {
    let (reading, writing) = pipe()
    var child = try ChildProcess(
      ["sh", "-c", "sleep 60 & sleep 60"], environment: [path], input: .null,
      output: .descriptor(writing), group: .own)
    close(writing)
    #expect(try child.poll() == nil)
    #expect(try child.wait(until: Deadline.after(.milliseconds(50))) == .timedOut)
    // The pipe ends when the last process that holds it has.
    var octet: UInt8 = 0
    #expect(read(reading, &octet, 1) == 0)
    close(reading)
  }

  @Test("is in our process group, unless it has its own")
  func groups() throws {
    for (group, expected) in [(ChildProcess.Group.ours, getpgrp()), (.own, 0)] {
      var child = try ChildProcess(
        ["sleep", "60"], environment: [path], input: .null, group: group)
      #expect(getpgid(child.identifier) == (expected == 0 ? child.identifier : expected))
      _ = try child.terminate()
    }
  }

  @Test("has no descriptor of ours, no blocked signal, its environment, and SIGPIPE as by default")
  func clean() throws {
    let file = try FileDescriptor.open(
      scratch["ours"], flags: O_RDWR | O_CREAT, target: "")
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &mask, nil)
    // Without a shell between, which would have signals and descriptors of its own.
    let signals = try output(["grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"]).split(
      separator: "\n")
    let descriptors = try output(["ls", "-l", "/proc/self/fd"])
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    #expect(signals[0] == "SigBlk:\t0000000000000000")
    let ignored = try #require(UInt64(signals[1].split(separator: "\t")[1], radix: 16))
    #expect(ignored & (1 << UInt64(SIGPIPE - 1)) == 0)
    #expect(descriptors.contains("0 -> /dev/null\n"))
    #expect(!descriptors.contains(scratch["ours"]))
    #expect(try output(["sh", "-c", "echo $1 $A $HOME", "sh", "x  y"], "A=b") == "x y b\n")
    try file.close()
  }

  private func output(_ words: [String], _ environment: String...) throws -> String {
    let (reading, writing) = pipe()
    var child = try ChildProcess(
      words, environment: [path] + environment, input: .null, output: .descriptor(writing))
    close(writing)
    let text = readAll(reading)
    #expect(try child.wait(until: nil) == .exited(0))
    return text
  }
}

@Suite("Message command")
struct MessageCommandTests {
  let scratch = ScratchDirectory()

  @Test(
    "the message is on standard input, from memory and from a file",
    arguments: [0, 1, 65_536, 65_537, 1_000_000])
  func input(byteCount: Int) throws {
    let message = try spool(pattern(byteCount))
    let command = MessageCommand(["sh", "-c", "cat > $1; exit 7", "sh", scratch["out"]])
    for _ in 0..<2 {
      #expect(try command.run(message, environment: [path]) == .exited(7))
      #expect(ScratchDirectory.read(scratch["out"]) == pattern(byteCount))
    }
    #expect(try content(of: message) == pattern(byteCount))
  }

  @Test("a reader slower than the pipe gets everything, also when the pipe is small")
  func slowReader() throws {
    let file = try FileDescriptor.open(
      scratch["slow"], flags: O_WRONLY | O_CREAT, target: "")
    let command = MessageCommand(
      ["sh", "-c", "dd bs=1000 count=1 2>/dev/null; sleep 0.05; cat"],
      output: .descriptor(file.rawValue))
    #expect(try command.run(spool(pattern(65_536)), environment: [path]) == .exited(0))
    #expect(ScratchDirectory.read(scratch["slow"]) == pattern(65_536))
    // As the system makes pipes for a user who has many: one page.
    let octets = pattern(50_000)
    let pipe = try Pipe()
    let setPipeSize: Int32 = 1031
    #expect(fcntl(pipe.writer.rawValue, setPipeSize, 4096) == 4096)
    let buffer = BufferPool.shared.take()
    defer { BufferPool.shared.give(back: buffer) }
    buffer.copyBytes(from: octets)
    var child = try ChildProcess(
      ["sh", "-c", "cat > $1", "sh", scratch["small"]], environment: [path],
      input: .descriptor(pipe.reader.rawValue))
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<octets.count])
    let feed = PipeFeed(bytes, into: pipe.closeReader())
    #expect(try child.wait(until: nil, unless: nil, feeding: feed) == .exited(0))
    #expect(ScratchDirectory.read(scratch["small"]) == octets)
  }

  @Test("a command that reads nothing is no error, and no signal", arguments: [65_536, 500_000])
  func unread(byteCount: Int) throws {
    // By default the signal would end this process.
    let before = signal(SIGPIPE, SIG_DFL)
    defer { signal(SIGPIPE, before) }
    for script in ["exit 0", "exec <&-; exit 0"] {
      for _ in 0..<10 {
        let status = try MessageCommand(["sh", "-c", script])
          .run(spool(pattern(byteCount)), environment: [path])
        #expect(status == .exited(0))
      }
    }
  }

  @Test("a command that has closed its input may go on working")
  func closedInput() throws {
    let command = MessageCommand(["sh", "-c", "exec <&-; sleep 0.05; exit 3"])
    #expect(try command.run(spool(pattern(65_536)), environment: [path]) == .exited(3))
  }

  @Test("a command is killed when its time is over", arguments: [10, 65_536, 500_000])
  func timeout(byteCount: Int) throws {
    let command = MessageCommand(["sleep", "60"], timeout: .milliseconds(50))
    #expect(try command.run(spool(pattern(byteCount)), environment: [path]) == .timedOut)
  }

  @Test("output goes to /dev/null when it should, and the file cannot be written through its input")
  func streams() throws {
    let command = MessageCommand(
      ["sh", "-c", "echo x; echo y >&2; ! echo z 2>/dev/null >&0"], output: .null, error: .null)
    let message = try spool(pattern(200_000))
    #expect(try command.run(message, environment: [path]) == .exited(0))
    #expect(try content(of: message) == pattern(200_000))
  }

  @Test("many at once do not hold each other's pipes")
  func threads() {
    onThreads(8) { index in
      for round in 0..<10 {
        do {
          let status = try MessageCommand(["sh", "-c", "test $(wc -c) -eq $1", "sh", "\(round)"])
            .run(spool(pattern(round)), environment: [path])
          #expect(status == .exited(0))
        } catch {
          Issue.record(error)
        }
      }
    }
  }
}

/// A pipe whose ends no child gets by accident.
private func pipe() -> (reading: Int32, writing: Int32) {
  var ends: [Int32] = [-1, -1]
  precondition(postroom_pipe2(&ends, O_CLOEXEC) == 0)
  return (ends[0], ends[1])
}

/// What comes until the end, as text; closes the descriptor.
private func readAll(_ descriptor: Int32) -> String {
  defer { close(descriptor) }
  var octets: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = read(descriptor, &piece, piece.count)
    if count <= 0 { return String(decoding: octets, as: UTF8.self) }
    octets += piece[..<count]
  }
}
