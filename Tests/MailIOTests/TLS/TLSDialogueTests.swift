import Glibc
import Testing

@testable import MailIO

@Suite("TLS between our client and our server")
struct TLSDialogueTests {
  @Test(
    "both ends agree on the version, the cipher, the name and the channel bindings",
    arguments: [
      (.tls10, "TLSv1"), (.tls11, "TLSv1.1"), (.tls12, "TLSv1.2"), (.tls13, "TLSv1.3"),
    ] as [(TLSVersion, String)])
  func versions(version: TLSVersion, name: String) throws {
    let server = try PKI.server(versions: version...version)
    let client = try PKI.client { $0.versions = version...version }
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        try connection.send(Array("220 hello\r\n".utf8), until: soon)
        #expect(try connection.receiveAll() == Array("QUIT\r\n".utf8))
        return (connection.tls, TLSChannelBinding.allCases.map(connection.channelBinding))
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        #expect(try connection.receive(atLeast: 11) == Array("220 hello\r\n".utf8))
        try connection.send(Array("QUIT\r\n".utf8), until: soon)
        connection.endOutput()
        #expect(try connection.receiveAll() == [])
        return (connection.tls, TLSChannelBinding.allCases.map(connection.channelBinding))
      })
    let (serverFacts, serverBindings) = try served.get()
    let (clientFacts, clientBindings) = try asked.get()
    #expect(serverFacts?.version == name)
    #expect(clientFacts?.version == name)
    #expect(serverFacts?.cipher == clientFacts?.cipher)
    #expect(serverFacts?.serverName == "localhost")
    #expect(serverFacts?.peerCertificate == nil)
    #expect(clientFacts?.peerCertificate?.subject == "CN=good")
    #expect(serverBindings == clientBindings)
    #expect(clientBindings.map { $0?.count } == [32, version == .tls13 ? nil : 12, 32])
  }

  @Test("before TLS there are no facts and no bindings")
  func plain() {
    let (one, other) = connectedSockets()
    close(other)
    let connection = Connection(adopting: one)
    #expect(connection.tls == nil)
    #expect(connection.channelBinding(.exporter) == nil)
  }

  @Test(
    "much data both ways at once, each side sending before it receives", arguments: [true, false])
  func bothWays(isEncrypted: Bool) throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let count = 2 << 20
    let talk: @Sendable (Connection, [UInt8]) throws -> [UInt8] = { connection, octets in
      var received: [UInt8] = []
      _ = try connection.exchange(octets, until: soon, unless: nil) {
        received += [UInt8](copying: $0)
      }
      connection.endOutput()
      return received + (try connection.receiveAll())
    }
    let (served, asked) = converse(
      server: { connection in
        if isEncrypted { try connection.startTLS(as: .server(server)) }
        return try talk(connection, pattern(count))
      },
      client: { connection in
        if isEncrypted { try connection.startTLS(as: .client(client, host: localhost)) }
        return try talk(connection, pattern(count).reversed())
      })
    #expect(try served.get() == pattern(count).reversed())
    #expect(try asked.get() == pattern(count))
  }

  @Test(
    "a client that has ended its output still gets answers",
    arguments: TLSVersion.allCases.suffix(2))
  func halfClose(version: TLSVersion) throws {
    let server = try PKI.server(versions: version...version)
    let client = try PKI.client()
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        let octets = try connection.receiveAll()
        try connection.send(octets, until: soon)
        return octets.count
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        try connection.send(pattern(100_000), until: soon)
        connection.endOutput()
        return try connection.receiveAll()
      })
    #expect(try served.get() == 100_000)
    #expect(try asked.get() == pattern(100_000))
  }

  @Test("an end without close_notify is no end, as it is without TLS")
  func truncation() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        try connection.send(pattern(1000), until: soon)
        // TCP ends, TLS does not.
        shutdown(connection.descriptor, Int32(SHUT_WR))
        _ = try? connection.receiveAll()
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        #expect(try connection.receive(atLeast: 1000) == pattern(1000))
        #expect(throws: ConnectionError.truncated) { try connection.receiveAll() }
        // It stays so.
        #expect(throws: ConnectionError.truncated) { try connection.receiveAll() }
      })
    try served.get()
    try asked.get()
  }

  @Test("a connection that is dropped says close_notify, and a finished one as well")
  func goodbye() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    for isFinished in [false, true] {
      let (served, asked) = converse(
        server: { connection in
          try connection.startTLS(as: .server(server))
          try connection.send(Array("221 bye\r\n".utf8), until: soon)
          if isFinished { connection.finish(until: soon) }
        },
        client: { connection in
          try connection.startTLS(as: .client(client, host: localhost))
          return try connection.receiveAll()
        })
      try served.get()
      #expect(try asked.get() == Array("221 bye\r\n".utf8))
    }
  }

  @Test(
    "records that were changed, and octets that are no records, break it", arguments: [0x17, 0x47])
  func garbage(first: UInt8) throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        // A record of 32 octets that no key made; or no record.
        let record: [UInt8] = [first, 3, 3, 0, 32] + pattern(32)
        #expect(send(connection.descriptor, record, record.count, 0) == record.count)
        _ = try? connection.receiveAll()
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        _ = try connection.receiveAll()
      })
    try served.get()
    guard case .tlsFailed(let reason) = asked.connectionError else {
      Issue.record("\(asked)")
      return
    }
    #expect(!reason.isEmpty)
  }

  @Test("a peer that does not speak TLS is quoted")
  func plainText() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    for (text, quoted) in [
      ("220 mail.example.test ESMTP\r\n", "220 mail.example.test ESMTP"),
      ("EHLO client\r\n", "EHLO client"), ("GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1"),
      ("\u{1B}[31m and so on\r\n", #"\x1B[31m and so on"#),
    ] {
      let expected = ConnectionError.tlsFailed(
        "the peer does not speak TLS; it sent: \"\(quoted)\"")
      for role in [TLSRole.server(server), .client(client, host: localhost)] {
        let (one, other) = connectedSockets()
        let connection = Connection(adopting: one)
        #expect(send(other, text, text.utf8.count, 0) == text.utf8.count)
        #expect(throws: expected) { try connection.startTLS(as: role) }
        close(other)
      }
    }
  }

  @Test("a peer that closes in the handshake is named so")
  func closedInHandshake() throws {
    let (one, other) = connectedSockets()
    let connection = Connection(adopting: one)
    shutdown(other, Int32(SHUT_WR))
    let client = try PKI.client()
    #expect(throws: ConnectionError.closedInHandshake) {
      try connection.startTLS(as: .client(client, host: localhost))
    }
    close(other)
  }

  @Test("a handshake that goes on octet by octet ends at the deadline, as one that stands still")
  func slowHandshake() throws {
    let server = try PKI.server()
    for isDripping in [false, true] {
      let (one, other) = connectedSockets()
      // The start of a record that does not get whole.
      let octets: [UInt8] = [0x16, 3, 1, 0x40, 0]
      #expect(send(other, octets, octets.count, 0) == octets.count)
      onThreads(2) { index in
        if index == 0 {
          // Until the other end is closed.
          while isDripping, send(other, [1], 1, Int32(MSG_NOSIGNAL)) == 1 { usleep(5000) }
        } else {
          let connection = Connection(adopting: one)
          #expect(throws: ConnectionError.timedOut) {
            try connection.startTLS(
              as: .server(server), until: .after(.milliseconds(250)), unless: nil)
          }
        }
      }
      close(other)
    }
  }

  @Test("an interrupt ends a handshake and a wait for data")
  func interrupt() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let interrupt = try Interrupt()
    let (one, other) = connectedSockets()
    let connection = Connection(adopting: one)
    interrupt.raise()
    #expect(throws: ConnectionError.interrupted) {
      try connection.startTLS(as: .server(server), until: soon, unless: interrupt)
    }
    close(other)
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        _ = try connection.receive(until: soon, unless: interrupt) { _ in }
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        _ = try connection.receiveAll()
      })
    #expect(served.connectionError == .interrupted)
    try asked.get()
  }

  @Test("a deadline ends a wait for data, and data that waits is had without time")
  func deadline() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        try connection.send([1, 2, 3], until: soon)
        #expect(throws: ConnectionError.timedOut) {
          try connection.receive(until: .after(.milliseconds(20)), unless: nil) { _ in }
        }
        connection.finish(until: soon)
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        var first: [UInt8] = []
        while try connection.receive(until: soon, unless: nil, { first += [UInt8](copying: $0) }) {}
        #expect(first == [1, 2, 3])
        #expect(try !connection.receive(until: .after(.zero), unless: nil) { _ in })
      })
    try served.get()
    try asked.get()
  }

  @Test("who sends to a peer that does not read is stopped by the deadline, and stays stopped")
  func unread() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let done = try Interrupt()
    let (served, asked) = converse(
      server: { connection in
        defer { done.raise() }
        try connection.startTLS(as: .server(server))
        #expect(throws: ConnectionError.timedOut) {
          try connection.send(
            [UInt8](repeating: 1, count: 4 << 20), until: .after(.milliseconds(50)))
        }
        #expect(throws: ConnectionError.timedOut) { try connection.send([1], until: soon) }
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        #expect(done.wait(until: soon))
        // Cut in the middle of a record: no close_notify may make it look whole.
        #expect(throws: ConnectionError.truncated) { try connection.receiveAll() }
      })
    try served.get()
    try asked.get()
  }

  @Test("a peer that is gone is an error, and raises no signal")
  func gone() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let closed = try Interrupt()
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        #expect(closed.wait(until: soon))
        try connection.send(pattern(1000), until: soon)
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        shutdown(connection.descriptor, Int32(SHUT_RDWR))
        closed.raise()
      })
    #expect(served.connectionError == .broken(SystemError("send", code: EPIPE)))
    try asked.get()
  }

  @Test("octets are counted as the dialogue has them, not as records")
  func counts() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        _ = try connection.receiveAll()
        return (connection.receivedByteCount, connection.sentByteCount)
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        try connection.send(pattern(70_000), until: soon)
        return (connection.receivedByteCount, connection.sentByteCount)
      })
    #expect(try served.get() == (70_000, 0))
    #expect(try asked.get() == (0, 70_000))
  }

  @Test("STARTTLS in the middle of a dialogue: what came behind it stays outside")
  func startTLS() throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let (served, asked) = converse(
      server: { connection in
        var outside: [UInt8] = []
        var failure: (any Error)?
        // As a driver does it: with the command still in hand.
        while !outside.contains(0x21),
          try connection.receive(
            until: soon, unless: nil,
            { octets in
              outside += [UInt8](copying: octets)
              guard outside.contains(0x21) else { return }
              do {
                try connection.send(Array("220 go ahead\r\n".utf8), until: soon)
                try connection.startTLS(as: .server(server))
              } catch {
                failure = error
              }
            })
        {}
        if let failure { throw failure }
        return (outside, try connection.receiveAll())
      },
      client: { connection in
        try connection.send(Array("STARTTLS\r\nINJECTED!".utf8), until: soon)
        _ = try connection.receive(atLeast: 14)
        try connection.startTLS(as: .client(client, host: localhost))
        try connection.send(Array("EHLO\r\n".utf8), until: soon)
      })
    try asked.get()
    let (outside, inside) = try served.get()
    #expect(outside == Array("STARTTLS\r\nINJECTED!".utf8))
    #expect(inside == Array("EHLO\r\n".utf8))
  }

  @Test("a handshake can start with octets that came with a PROXY header", arguments: [1, 5, 100])
  func early(count: Int) throws {
    let server = try PKI.server()
    let client = try PKI.client()
    let (served, asked) = converse(
      server: { connection in
        var hello = [UInt8](repeating: 0, count: count)
        #expect(recv(connection.descriptor, &hello, count, Int32(MSG_WAITALL)) == count)
        try connection.startTLS(
          as: .server(server), behindProxyHeader: hello, until: soon, unless: nil)
        return try connection.receiveAll()
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        try connection.send([1, 2, 3], until: soon)
      })
    try asked.get()
    #expect(try served.get() == [1, 2, 3])
  }
}
