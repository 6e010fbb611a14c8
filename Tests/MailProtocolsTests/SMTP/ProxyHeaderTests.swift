import MailProtocols
import Testing

/// HAProxy's "The PROXY protocol", and every vector of aiosmtpd's test_proxyprotocol.
@Suite("PROXY header")
struct ProxyHeaderTests {
  /// Parses octets given at once: the header or what is wrong, and how many octets it took.
  private func parse(
    _ octets: [UInt8]
  ) -> (result: Result<ProxyHeader?, ProxyHeaderError>, count: Int) {
    var parser = ProxyHeaderParser()
    var position = 0
    do throws(ProxyHeaderError) {
      return (.success(try parser.parse(octets.span, at: &position)), position)
    } catch {
      return (.failure(error), position)
    }
  }

  private func header(_ octets: [UInt8]) throws -> ProxyHeader {
    try #require(try parse(octets).result.get())
  }

  private func error(_ octets: [UInt8]) -> ProxyHeaderError? {
    if case .failure(let error) = parse(octets).result { return error }
    return nil
  }

  private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10] + "QUIT\n".utf8

  private static func binary(
    _ command: UInt8, _ family: UInt8, _ body: [UInt8] = [], signature: [UInt8] = signature
  ) -> [UInt8] {
    signature + [command, family, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
  }

  private static func tlv(_ type: UInt8, _ value: [UInt8], count: Int? = nil) -> [UInt8] {
    let count = count ?? value.count
    return [type, UInt8(count >> 8), UInt8(count & 255)] + value
  }

  private static let route4: [UInt8] = [10, 212, 4, 33, 10, 11, 12, 13, 0, 0, 255, 255]
  private static let route6: [UInt8] =
    [0x20, 0x20, 0xDE, 0xAD] + [UInt8](repeating: 0, count: 11) + [1]
    + [0x20, 0x21, 0xCA, 0xFE] + [UInt8](repeating: 0, count: 11) + [0x22]
    + [255, 254, 0x1F, 0x90]
  private static func unix(_ paths: String...) -> [UInt8] {
    paths.flatMap { [UInt8]($0.utf8) + [UInt8](repeating: 0, count: 108 - $0.utf8.count) }
  }

  // MARK: - Version 1

  @Test(
    "lines that are good",
    arguments: [
      ("TCP4 1.2.3.4 5.6.7.8 0 65535", "TCP4", "1.2.3.4", "5.6.7.8", 0, 65535),
      (
        "TCP4 255.255.255.255 255.255.255.255 65535 65535", "TCP4", "255.255.255.255",
        "255.255.255.255", 65535, 65535
      ),
      (
        "TCP6 2020:dead::0001 2021:cafe::0002 8000 65535", "TCP6", "2020:dead::1",
        "2021:cafe::2", 8000, 65535
      ),
      (
        "TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
          + "65535 65535", "TCP6", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, 65535
      ),
      ("TCP6 ::FFFF:1.2.3.4 :: 1 2", "TCP6", "::ffff:1.2.3.4", "::", 1, 2),
    ] as [(String, String, String, String, UInt16, UInt16)])
  func line(
    text: String, family: String, source: String, destination: String, sourcePort: UInt16,
    destinationPort: UInt16
  ) throws {
    let line = [UInt8]("PROXY \(text)\r\n".utf8)
    let found = try header(line + "PROXY EHLO x\r\n".utf8)
    #expect(parse(line + "EHLO x\r\n".utf8).count == line.count, "what follows is not its own")
    #expect(found.version == .one && found.familyName == family && !found.isLocal)
    #expect(found.tlvs.isEmpty)
    guard case .internet(.stream, let route) = found.route else {
      Issue.record("no route: \(found.route)")
      return
    }
    #expect(route.source.text == source && route.destination.text == destination)
    #expect(route.sourcePort == sourcePort && route.destinationPort == destinationPort)
  }

  @Test(
    "UNKNOWN, with anything behind it",
    arguments: ["", " whatever", " ", " TCP4 x", " " + String(repeating: "*", count: 91)])
  func unknown(rest: String) throws {
    let found = try header([UInt8]("PROXY UNKNOWN\(rest)\r\n".utf8))
    #expect(found == .versionOne(nil) && found.familyName == "UNKNOWN" && !found.isLocal)
  }

  @Test(
    "lines that are not",
    arguments: [
      ("HELO example.org\r\n", .notProxy), ("PROXYUNKNOWN\r\n", .notProxy), ("\n", .notProxy),
      ("NOTPROX TCP4 1.2.3.4 5.6.7.8 65535 65535\r\n", .notProxy), ("proxy ", .notProxy),
      ("PROXY\r\n", .notProxy), (" PROXY UNKNOWN\r\n", .notProxy), ("\0", .notProxy),
      ("PROXY UNKNOWN " + String(repeating: "*", count: 100) + "\r\n", .lineTooLong),
      ("PROXY UNKNOWN " + String(repeating: "*", count: 92) + "\r\n", .lineTooLong),
      ("PROXY UNKNOWN\n", .malformedLine), ("PROXY \r\n", .unknownFamily),
      ("PROXY UNKNOWN\r\r\n", .unknownFamily),
      ("PROXY \n", .malformedLine), ("PROXY UNKNOWNX\r\n", .unknownFamily),
      ("PROXY  UNKNOWN\r\n", .unknownFamily),
      ("PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n", .unknownFamily),
      ("PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n", .unknownFamily),
      ("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n", .unknownFamily),
      ("PROXY TCP4\r\n", .malformedLine), ("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", .malformedLine),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n", .malformedLine),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n", .malformedLine),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", .malformedLine),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r \r\n", .malformedLine),
      ("PROXY TCP6 1.2.3.4 5.6.7.8 65535 65535\r\n", .malformedAddress),
      ("PROXY TCP4 2020:dead::0001 2021:cafe::0002 65535 65535\r\n", .malformedAddress),
      ("PROXY TCP6 1.2.3.4 2021:cafe::0002 65535 65535\r\n", .malformedAddress),
      ("PROXY TCP6 2020:dead::0001 2021:cafe::0002 02501 1\r\n", .malformedPort),
      ("PROXY TCP6  2020:dead::0001 2021:cafe::0002 1 1\r\n", .malformedLine),
      ("PROXY TCP6 2020:dead::0001  2021:cafe::0002 1 1\r\n", .malformedLine),
      ("PROXY TCP6 2020:dead::0001 2021:cafe::0002  8080 1\r\n", .malformedLine),
      ("PROXY TCP6 2020:dead::0001 2021:cafe::0002 1  0\r\n", .malformedLine),
      ("PROXY TCP6 2020:dead::0001 2021:cafe::0002 1 0 \r\n", .malformedLine),
      ("PROXY TCP6 2020:dead::000g 2021:cafe::0002 1 1\r\n", .malformedAddress),
      ("PROXY TCP6 2020:dead::0001 2021:cafe::000h 1 1\r\n", .malformedAddress),
      ("PROXY TCP6 1.2.3.a 5.6.7.8 65535 65535\r\n", .malformedAddress),
      ("PROXY TCP4 1.2.3.04 5.6.7.8 1 1\r\n", .malformedAddress),
      ("PROXY TCP4 1.2.3 5.6.7.8 1 1\r\n", .malformedAddress),
      ("PROXY TCP6 fe80::1%lo ::1 1 1\r\n", .malformedAddress),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 65536 10200\r\n", .malformedPort),
      ("PROXY TCP6 2020:dead::0001 2021:cafe::0002 10000 65536\r\n", .malformedPort),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 +1 1\r\n", .malformedPort),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 00 1\r\n", .malformedPort),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 1 0x1\r\n", .malformedPort),
      ("PROXY TCP4 1.2.3.4 5.6.7.8 1\t1\r\n", .malformedLine),
    ] as [(String, ProxyHeaderError)])
  func badLine(text: String, expected: ProxyHeaderError) {
    #expect(error([UInt8](text.utf8)) == expected)
    #expect(!expected.description.isEmpty)
  }

  @Test("a line of 107 octets is taken, one of 108 is refused before its end")
  func lineLimit() throws {
    let longest = "PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n"
    #expect(longest.utf8.count == ProxyHeaderParser.maxLineByteCount)
    _ = try header([UInt8](longest.utf8))
    var parser = ProxyHeaderParser()
    var position = 0
    let start = [UInt8](longest.utf8.dropLast()) + [.ascii("x")]
    #expect(throws: ProxyHeaderError.lineTooLong) {
      try parser.parse(start.span, at: &position)
    }
  }

  // MARK: - Version 2

  /// From aiosmtpd: TCP4, and TLVs with a checksum that is right.
  private static let known = binary(
    0x21, 0x11,
    [127, 0, 0, 1, 127, 0, 0, 1, 0xB0, 0x52, 0x62, 0xA5] + tlv(3, [0x54, 0xFD, 0xC6, 0xFF])
      + tlv(2, [UInt8]("AUTHORITY".utf8)) + tlv(5, [UInt8]("UNIQUE_ID".utf8))
      + tlv(
        0x20,
        [1, 0, 0, 0, 0] + tlv(0x21, [UInt8]("TLSv1.2".utf8)) + tlv(0x25, [UInt8]("RSA4096".utf8))
          + tlv(0x24, [UInt8]("RSA-SHA256".utf8))
          + tlv(0x23, [UInt8]("ECDHE-RSA-AES256-GCM-SHA384".utf8))))

  @Test("a header with TLVs and its checksum, an octet behind it left alone")
  func knownHeader() throws {
    let tail = [UInt8]("Test data that is not part of PROXYv2.\n".utf8)
    #expect(parse(Self.known + tail).count == Self.known.count)
    let found = try header(Self.known)
    let route = try #require(
      ProxyInternetRoute(
        source: .v4(0x7F00_0001), port: 45138, destination: .v4(0x7F00_0001), port: 25253))
    #expect(found.command == .proxy(.internet(.stream, route)))
    #expect(
      found.tlvs == [
        .crc32c, .authority([UInt8]("AUTHORITY".utf8)), .uniqueID([UInt8]("UNIQUE_ID".utf8)),
        .ssl(
          ProxyTLSFacts(
            client: .tls, verify: 0,
            details: [
              .version([UInt8]("TLSv1.2".utf8)), .keyAlgorithm([UInt8]("RSA4096".utf8)),
              .signatureAlgorithm([UInt8]("RSA-SHA256".utf8)),
              .cipher([UInt8]("ECDHE-RSA-AES256-GCM-SHA384".utf8)),
            ])),
      ])
    #expect(ProxyHeaderWriter.octets(of: found) == Self.known)
  }

  @Test("one bit that is wrong anywhere is found by the checksum, or before")
  func checksum() {
    for index in Self.known.indices {
      for bit in 0..<8 {
        var octets = Self.known
        octets[index] ^= 1 << UInt8(bit)
        let result = parse(octets).result
        // A longer length waits for more; a changed type of the checksum's own TLV is unprotected.
        if case .success(nil) = result { continue }
        if case .success(let found?) = result {
          #expect(!found.tlvs.contains(.crc32c), "octet \(index), bit \(bit)")
        }
      }
    }
  }

  @Test(
    "families and transports",
    arguments: [
      (0x21, 0x11, route4, "TCP4"), (0x21, 0x12, route4, "UDP4"), (0x21, 0x21, route6, "TCP6"),
      (0x21, 0x22, route6, "UDP6"), (0x21, 0x31, unix("/proc/source", "/proc/dest"), "UNIX"),
      (0x21, 0x32, unix("\0abstract", ""), "UNIX_DGRAM"), (0x21, 0x00, [], "UNSPEC"),
      (0x21, 0x00, [UInt8]("asdfghjkl".utf8), "UNSPEC"), (0x21, 0x01, [1, 2], "UNSPEC"),
      (0x21, 0x02, [], "UNSPEC"), (0x21, 0x10, [UInt8]("whatever".utf8), "UNSPEC"),
      (0x21, 0x20, [UInt8]("whatever".utf8), "UNSPEC"),
      (0x21, 0x30, [UInt8]("whatever".utf8), "UNSPEC"),
    ] as [(UInt8, UInt8, [UInt8], String)])
  func family(command: UInt8, family: UInt8, body: [UInt8], name: String) throws {
    let octets = Self.binary(command, family, body)
    let found = try header(octets)
    #expect(found.familyName == name && !found.isLocal && found.tlvs.isEmpty)
    // The same from the proxy itself: the addresses are nobody's.
    let own = try header(Self.binary(0x20, family, body))
    #expect(own.isLocal && own.route == .unspecified && own.familyName == "UNSPEC")
    // A tail that is no TLV: let pass where nothing is to be read, refused where there is.
    let tail = try? header(Self.binary(0x20, family, body + [UInt8]("fake_tlv".utf8)))
    #expect(tail?.isLocal == true)
    if name != "UNSPEC" {
      #expect(error(Self.binary(command, family, body + [UInt8]("fake_tlv".utf8))) == .malformedTLV)
    }
  }

  @Test("unix paths end at their NUL, abstract ones at their last octet")
  func unixPaths() throws {
    let field = [UInt8](repeating: .ascii("p"), count: 108)
    let full = try header(Self.binary(0x21, 0x31, field + Self.unix("\0a\0b")))
    guard case .unix(.stream, let source, let destination) = full.route else {
      Issue.record("\(full.route)")
      return
    }
    #expect(source.octets == field && destination.octets == [UInt8]("\0a\0b".utf8))
    let junk = try header(Self.binary(0x21, 0x31, Self.unix("/a\0junk", "")))
    guard case .unix(_, let path, let empty) = junk.route else { return }
    #expect(path.octets == [UInt8]("/a".utf8) && empty.octets.isEmpty)
    for bad in ["a\0b", "\0a\0", "\0", String(repeating: "x", count: 109)] {
      #expect(ProxyUnixPath([UInt8](bad.utf8)) == nil, "\(bad)")
    }
  }

  @Test(
    "headers that are malformed",
    arguments: [
      (binary(0x20, 0, signature: [13, 10, 13, 10, 0, 13, 10] + "QUIP\n".utf8), .notProxy),
      (binary(0x30, 0), .unknownVersion), (binary(0x10, 0), .unknownVersion),
      (binary(0x22, 0), .unknownCommand), (binary(0x2F, 0), .unknownCommand),
      (binary(0x20, 0x40), .unknownProtocol), (binary(0x21, 0x41, route4), .unknownProtocol),
      (binary(0x20, 0x03), .unknownProtocol), (binary(0x21, 0x13, route4), .unknownProtocol),
      (binary(0x20, 0x21, route4), .truncatedAddresses),
      (binary(0x21, 0x21, route4), .truncatedAddresses),
      (binary(0x21, 0x11, [UInt8](route4.dropLast())), .truncatedAddresses),
      (binary(0x21, 0x21, [UInt8](route6.dropLast())), .truncatedAddresses),
      (binary(0x21, 0x31, [UInt8](repeating: 0, count: 215)), .truncatedAddresses),
      (binary(0x21, 0x11, route4 + [1]), .malformedTLV),
      (binary(0x21, 0x11, route4 + [1, 0]), .malformedTLV),
      (binary(0x21, 0x11, route4 + tlv(1, [1, 2], count: 3)), .malformedTLV),
      (binary(0x21, 0x11, route4 + tlv(2, [], count: 0xFFFF)), .malformedTLV),
      (binary(0x21, 0x11, route4 + tlv(3, [1, 2, 3])), .malformedTLV),
      (binary(0x21, 0x11, route4 + tlv(3, [1, 2, 3, 4, 5])), .malformedTLV),
      (binary(0x21, 0x11, route4 + tlv(3, [1, 2, 3, 4])), .wrongChecksum),
      (binary(0x20, 0, tlv(3, [1, 2, 3, 4])), .wrongChecksum),
      (binary(0x21, 0x11, route4 + tlv(3, [0, 0, 0, 0]) + tlv(3, [0, 0, 0, 0])), .malformedTLV),
      (binary(0x21, 0x11, route4 + tlv(5, [UInt8](repeating: 1, count: 129))), .uniqueIDTooLong),
      (binary(0x21, 0x11, route4 + tlv(0x20, [1, 2, 3, 4])), .malformedTLV),
      (
        binary(
          0x21, 0x11,
          route4
            + tlv(
              0x20,
              [1, 2, 3, 4, 5] + tlv(0x21, [UInt8]("version".utf8))
                + tlv(0x22, [UInt8]("trunc".utf8), count: 9))), .malformedTLV
      ),
      (
        binary(
          0x21, 0x11,
          route4 + tlv(0x20, [1, 0, 0, 0, 0, 0x21, 0]) + tlv(2, [1])), .malformedTLV
      ),
    ] as [([UInt8], ProxyHeaderError)])
  func malformed(octets: [UInt8], expected: ProxyHeaderError) {
    #expect(error(octets) == expected)
    #expect(!expected.description.isEmpty)
  }

  @Test("TLVs of every type, known or not")
  func tlvs() throws {
    let body =
      Self.route4 + Self.tlv(1, [UInt8]("h2".utf8)) + Self.tlv(4, [0, 0, 0])
      + Self.tlv(5, [UInt8](repeating: 7, count: 128)) + Self.tlv(0x30, [UInt8]("something".utf8))
      + Self.tlv(0xFF, [UInt8]("yeah".utf8)) + Self.tlv(0xEA, [])
      + Self.tlv(
        0x20, [7, 0, 0, 0, 20] + Self.tlv(0x22, [UInt8]("cn".utf8)) + Self.tlv(0x26, [9]))
    let found = try header(Self.binary(0x21, 0x11, body))
    #expect(
      found.tlvs == [
        .alpn([UInt8]("h2".utf8)), .noop(byteCount: 3),
        .uniqueID([UInt8](repeating: 7, count: ProxyTLV.maxUniqueIDByteCount)),
        .netns([UInt8]("something".utf8)), .other(type: 0xFF, [UInt8]("yeah".utf8)),
        .other(type: 0xEA, []),
        .ssl(
          ProxyTLSFacts(
            client: [.tls, .certificateOnConnection, .certificateInSession], verify: 20,
            details: [.commonName([UInt8]("cn".utf8)), .other(type: 0x26, [9])])),
      ])
    #expect(
      found.tlvs.map(\.name) == ["alpn", nil, "unique_id", "netns", "xFF", "xEA", "ssl"])
  }

  @Test("the longest header there can be")
  func longest() throws {
    let room = 65_535 - Self.route4.count - 3
    let octets = Self.binary(
      0x21, 0x11, Self.route4 + Self.tlv(0x77, [UInt8](repeating: 1, count: room)))
    #expect(octets.count == ProxyHeaderParser.maxByteCount)
    let found = try header(octets)
    #expect(ProxyHeaderWriter.octets(of: found) == octets)
    let more = ProxyHeader.versionTwo(found.command, found.tlvs + [.noop(byteCount: 0)])
    #expect(ProxyHeaderWriter.octets(of: more) == nil)
    let twice = ProxyHeader.versionTwo(.local, [.crc32c, .crc32c])
    #expect(ProxyHeaderWriter.octets(of: twice) == nil)
    let identifier = [UInt8](repeating: 1, count: 129)
    #expect(ProxyHeaderWriter.octets(of: .versionTwo(.local, [.uniqueID(identifier)])) == nil)
  }

  // MARK: - Both

  @Test("what is written is read again, in whatever pieces it comes, and nothing behind it")
  func inverse() throws {
    var random = SplitMix64(seed: 29)
    for round in 0..<400 {
      let header = Self.header(&random)
      let octets = try #require(ProxyHeaderWriter.octets(of: header))
      let wire = octets + "PROXY behind".utf8
      var parser = ProxyHeaderParser()
      var found: ProxyHeader?
      var taken = 0
      while found == nil {
        let end = min(wire.count, taken + Int.random(in: 1...40, using: &random))
        let piece = Array(wire[taken..<end])
        var position = 0
        found = try parser.parse(piece.span, at: &position)
        taken += position
        #expect(found != nil || position == piece.count)
      }
      #expect(found == header, "round \(round)")
      #expect(taken == octets.count)
    }
  }

  @Test("every cut in two, and octet by octet, comes to the same")
  func cuts() {
    let headers = [
      Self.known, Self.binary(0x20, 0), [UInt8]("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n".utf8),
      [UInt8]("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n".utf8), Self.binary(0x21, 0x21, Self.route4),
      [UInt8]("PROXY UNKNOWN \(String(repeating: "y", count: 200))".utf8), Self.binary(0x31, 0),
    ]
    for octets in headers {
      let whole = parse(octets + [.ascii("E")])
      for cut in 0...octets.count {
        var parser = ProxyHeaderParser()
        var count = 0
        var result: Result<ProxyHeader?, ProxyHeaderError> = .success(nil)
        for piece in [Array(octets[..<cut]), octets[cut...] + [.ascii("E")]] {
          guard case .success(nil) = result else { break }
          var position = 0
          do throws(ProxyHeaderError) {
            result = .success(try parser.parse(piece.span, at: &position))
          } catch {
            result = .failure(error)
          }
          count += position
        }
        #expect(result == whole.result && count == whole.count, "cut at \(cut)")
      }
    }
  }

  @Test("version 1 cannot say all that version 2 can")
  func versionOne() throws {
    #expect(
      ProxyHeaderWriter.octets(of: .versionOne(nil)) == [UInt8]("PROXY UNKNOWN\r\n".utf8))
    #expect(
      ProxyInternetRoute(source: .v4(1), port: 1, destination: .v6(1), port: 1) == nil)
  }

  private static func header(_ random: inout SplitMix64) -> ProxyHeader {
    let transport: ProxyTransport = Bool.random(using: &random) ? .stream : .datagram
    let route: ProxyRoute
    let kind = Int.random(in: 0..<4, using: &random)
    let ports = (random.next(), random.next())
    let internet =
      kind == 0
      ? ProxyInternetRoute(
        source: .v4(UInt32(truncatingIfNeeded: random.next())),
        port: UInt16(truncatingIfNeeded: ports.0),
        destination: .v4(UInt32(truncatingIfNeeded: random.next())),
        port: UInt16(truncatingIfNeeded: ports.1))!
      : ProxyInternetRoute(
        source: .v6(UInt128(random.next()) << 64 | UInt128(random.next())),
        port: UInt16(truncatingIfNeeded: ports.0), destination: .v6(UInt128(random.next())),
        port: UInt16(truncatingIfNeeded: ports.1))!
    if Int.random(in: 0..<3, using: &random) == 0 {
      return .versionOne(Bool.random(using: &random) ? internet : nil)
    }
    switch kind {
    case 0, 1: route = .internet(transport, internet)
    case 2:
      route = .unix(transport, source: path(&random), destination: path(&random))
    default: route = .unspecified
    }
    var tlvs: [ProxyTLV] = []
    for _ in 0..<Int.random(in: 0..<6, using: &random) {
      let value = octets(&random, upTo: 128)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: tlvs.append(.alpn(value))
      case 1: tlvs.append(.authority(value))
      case 2 where !tlvs.contains(.crc32c): tlvs.append(.crc32c)
      case 3: tlvs.append(.noop(byteCount: value.count))
      case 4: tlvs.append(.uniqueID(value))
      case 5:
        tlvs.append(
          .ssl(
            ProxyTLSFacts(
              client: ProxyTLSFacts.Client(rawValue: UInt8.random(in: 0...255, using: &random)),
              verify: UInt32(truncatingIfNeeded: random.next()),
              details: [
                .version(value), .commonName(octets(&random, upTo: 300)), .cipher([]),
                .signatureAlgorithm(value), .keyAlgorithm(value), .other(type: 0x7F, value),
              ])))
      case 6: tlvs.append(.netns(value))
      default: tlvs.append(.other(type: UInt8.random(in: 0x40...255, using: &random), value))
      }
    }
    return .versionTwo(Int.random(in: 0..<5, using: &random) == 0 ? .local : .proxy(route), tlvs)
  }

  private static func octets(_ random: inout SplitMix64, upTo count: Int) -> [UInt8] {
    (0..<Int.random(in: 0...count, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
  }

  private static func path(_ random: inout SplitMix64) -> ProxyUnixPath {
    let count = Int.random(in: 0...107, using: &random)
    let name = (0..<count).map { _ in UInt8.random(in: 1...255, using: &random) }
    return ProxyUnixPath((Bool.random(using: &random) && count > 0 ? [0] : []) + name)!
  }
}
