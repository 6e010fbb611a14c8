// Certificates made by openssl(1) once for the tests of TLS clients, and a server that shows them.

import Glibc
import MailIO
import TestSupport
import Testing

/// `root.pem`, and what it issued for localhost: `good`, `expired`; for another name: `other`. And
/// `own`, which is self-signed. Each NAME.pem with NAME.key.
enum CertificateFixture {
  static func path(_ name: String) -> String { authority.path(name) }

  private static let authority = TestAuthority(
    sections: """
      [good]
      subjectAltName = DNS:localhost,IP:127.0.0.1
      [other]
      subjectAltName = DNS:other.test
      """,
    commands: #"""
      signed own good; leaf good good; leaf other other
      leaf expired good -startdate 200101000000Z -enddate 200201000000Z
      mkdir hashed; cp root.pem hashed; openssl rehash hashed
      """#)
}

/// `openssl s_server` on a free port, until it is let go.
final class OpenSSLServer {
  let port: UInt16
  private let tool: RunningTool
  private let scratch = ScratchDirectory()
  /// The server ends when its standard input does.
  private let input = TestPipe()

  /// - Parameter certificate: of `CertificateFixture`.
  init(_ certificate: String, _ arguments: [String] = []) throws {
    let path = scratch["stdout"]
    let output = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    try #require(output >= 0)
    defer { close(output) }
    tool = try RunningTool(
      program: "openssl",
      [
        "s_server", "-accept", "127.0.0.1:0", "-cert",
        CertificateFixture.path("\(certificate).pem"),
        "-key", CertificateFixture.path("\(certificate).key"),
      ] + arguments, output: output, descriptors: [0: input.reader])
    var found: UInt16?
    _ = eventually {
      let text = String(decoding: ScratchDirectory.read(path) ?? [], as: UTF8.self)
      let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
      found = line?.split(separator: ":").last.flatMap { UInt16($0) }
      return found != nil
    }
    port = try #require(found, "s_server does not listen: \(tool.errorsSoFar)")
  }

  /// Has the server send a line, once its side of the handshake is done.
  func send(_ text: String) { write(input.writer, text, text.utf8.count) }

  /// Ends the server where it stands, without a word to its peers.
  func kill() throws { _ = try tool.end(by: SIGKILL) }

  deinit {
    close(input.reader)
    close(input.writer)
  }
}
