import Glibc
import MailIO
import TestSupport
import Testing
import ToolSupport

@Suite("Record output")
struct RecordOutputTests {
  let scratch = ScratchDirectory()

  @Test("records of many threads stay whole")
  func whole() throws {
    let output = try RecordOutput.open(scratch["f"])
    onThreads(8) { index in
      let record = [UInt8](repeating: 0x61 + UInt8(index), count: 300)
      for _ in 0..<50 {
        output.write(endingWith: [0x0A]) { (append) throws(SystemError) in
          var failure: SystemError?
          record.withUnsafeBytes { bytes in
            do throws(SystemError) {
              try append(UnsafeRawBufferPointer(rebasing: bytes[..<100]))
              try append(UnsafeRawBufferPointer(rebasing: bytes[100...]))
            } catch {
              failure = error
            }
          }
          if let failure { throw failure }
        }
      }
    }
    let records = (scratch.read("f") ?? []).split(separator: 0x0A)
    #expect(records.count == 400)
    #expect(records.allSatisfy { $0.count == 300 && Set($0).count == 1 })
  }

  @Test("a failure is kept, told once, and ends the writing")
  func failing() throws {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let calls = Guarded(0)
    let output = RecordOutput(descriptor: full, name: "out") { calls.withLock { $0 += 1 } }
    #expect(output.failure == nil)
    #expect(!output.write([1]))
    #expect(output.failure == SystemError("write", "out", code: ENOSPC))
    #expect(!output.write([2]))
    #expect(calls.withLock { $0 } == 1)
  }

  @Test("its failure can be asked for while a record is stuck, and the record comes whole")
  func stuck() {
    let pipe = TestPipe()
    let output = RecordOutput(descriptor: pipe.writer, name: "pipe")
    let record = [UInt8](repeating: 7, count: 1 << 20)
    let writer = startThread { output.write(record) }
    var octet: UInt8 = 0
    // The record has begun, and cannot end.
    #expect(read(pipe.reader, &octet, 1) == 1)
    #expect(output.failure == nil)
    var rest = 1
    var piece = [UInt8](repeating: 0, count: 65_536)
    while rest < record.count { rest += max(0, read(pipe.reader, &piece, piece.count)) }
    pthread_join(writer, nil)
    #expect(rest == record.count)
    close(pipe.reader)
    close(pipe.writer)
  }

  @Test("a pipe that somebody made non-blocking is waited for")
  func nonBlocking() {
    let pipe = TestPipe()
    _ = fcntl(pipe.writer, F_SETFL, O_NONBLOCK)
    let output = RecordOutput(descriptor: pipe.writer, name: "pipe")
    let writer = startThread {
      output.write([UInt8](repeating: 7, count: 1 << 20))
      close(pipe.writer)
    }
    #expect(readToEnd(pipe.reader).count == 1 << 20)
    pthread_join(writer, nil)
    close(pipe.reader)
  }

  @Test(
    "fd:N is a descriptor that is open, and nothing else", arguments: ["fd:", "fd:x", "fd:9999"])
  func descriptor(target: String) {
    #expect(throws: SystemError("open", target, code: EBADF)) { try RecordOutput.open(target) }
    #expect(throws: (any Error).self) { try RecordOutput.open(scratch["no/file"]) }
  }
}

@Suite("Dialogue trace")
struct DialogueTraceTests {
  @Test("a line of the wire on a line, made safe, and content counted")
  func lines() throws {
    let scratch = ScratchDirectory()
    let trace = DialogueTrace(outputs: [try RecordOutput.open(scratch["t"])])
    trace.line(Array("EHLO \u{1B}[2J\u{202E}\\".utf8).span, from: .client, session: 7)
    trace.replies(Array("250-a\r\n250 b\r\n".utf8).span, session: 7)
    trace.content(Array("secret".utf8).span, session: 7)
    trace.line([0xFF, 0x0A].span, from: .server, session: 8)
    #expect(
      scratch.text("t") == #"""
        7 C: EHLO \x1B[2J\xE2\x80\xAE\\
        7 S: 250-a
        7 S: 250 b
        7 C: [6 octets of message]
        8 S: \xFF\n

        """#)
  }
}

@Suite("Account")
struct AccountTests {
  @Test("users and groups by name or number")
  func known() throws {
    for text in ["root", "0", "root:root", "root:0", "4242", "4242:root"] {
      #expect(throws: Never.self) { try Account(text) }
    }
  }

  @Test(
    "who does not exist is 66",
    arguments: [
      ("postroom-none", "no such user: postroom-none"), ("", "no such user: "),
      (":root", "no such user: "), ("root:", "no such group: "), ("-1", "no such user: -1"),
      ("root:postroom-none", "no such group: postroom-none"),
      ("99999999999", "no such user: 99999999999"),
    ])
  func unknown(text: String, message: String) {
    #expect(throws: ToolFailure(.noInput, message)) { try Account(text) }
  }
}
