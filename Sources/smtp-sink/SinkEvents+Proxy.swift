// What PROXY headers, XCLIENT and XFORWARD said, as keys of events.

internal import MailProtocols
internal import ToolSupport

extension JSONLine {
  /// Keys of `proxy`.
  mutating func add(proxy header: ProxyHeader?) {
    guard let header else { return }
    add("proxy") { line in
      line.add("version", header.version.rawValue)
      line.add("command", header.isLocal ? "LOCAL" : "PROXY")
      line.add("family", header.familyName)
      switch header.route {
      case .unspecified: break
      case .internet(_, let route):
        line.add("src", route.source.text)
        line.add("sport", Int(route.sourcePort))
        line.add("dst", route.destination.text)
        line.add("dport", Int(route.destinationPort))
      case .unix(_, let source, let destination):
        line.add("src", EscapedText.text(source.octets.span, for: .event))
        line.add("dst", EscapedText.text(destination.octets.span, for: .event))
      }
      line.add("tlvs") { $0.add(tlvs: header.tlvs) }
    }
  }

  /// Of TLVs of one type the first is told: a key stands once.
  private mutating func add(tlvs: [ProxyTLV]) {
    var told: Set<String> = []
    for tlv in tlvs {
      guard let name = tlv.name, told.insert(name).inserted else { continue }
      switch tlv {
      case .alpn(let value), .authority(let value), .uniqueID(let value), .netns(let value),
        .other(type: _, let value):
        add(name: name, EscapedText.text(value.span, for: .event))
      case .crc32c: add("crc32c", true)
      case .ssl(let facts): add("ssl") { $0.add(facts) }
      case .noop: break
      }
    }
  }

  private mutating func add(_ facts: ProxyTLSFacts) {
    add("client", Int(facts.client.rawValue))
    add("verify", Int(facts.verify))
    var told: Set<String> = []
    for detail in facts.details where told.insert(detail.name).inserted {
      add(name: detail.name, EscapedText.text(detail.value.span, for: .event))
    }
  }

  /// Keys of `xclient`.
  mutating func add(xclient attributes: XclientAttributes?) {
    guard let attributes else { return }
    add("xclient") { line in
      line.add("name", Self.text(attributes.name))
      line.add("addr", Self.text(attributes.address, \.text))
      line.add("port", Self.text(attributes.port, \.description))
      line.add("proto", attributes.protocolName?.rawValue)
      line.add("helo", Self.text(attributes.helo, \.eventText))
      line.add("login", Self.text(attributes.login, \.eventText))
      line.add("destaddr", Self.text(attributes.destinationAddress, \.text))
      line.add("destport", Self.text(attributes.destinationPort, \.description))
    }
  }

  /// Keys of `xforward`.
  mutating func add(xforward attributes: XforwardAttributes?) {
    guard let attributes else { return }
    add("xforward") { line in
      line.add("name", Self.text(attributes.name) { EscapedText.text($0.span, for: .event) })
      line.add("addr", Self.text(attributes.address, \.text))
      line.add("port", Self.text(attributes.port, \.description))
      line.add("proto", Self.text(attributes.protocolName, \.eventText))
      line.add("helo", Self.text(attributes.helo, \.eventText))
      line.add("ident", Self.text(attributes.identifier, \.eventText))
      line.add("source", Self.text(attributes.source, \.rawValue))
    }
  }

  /// The text of a value, as it was sent where it is none.
  private static func text<Value>(
    _ forwarded: Forwarded<Value>?, _ text: (Value) -> String
  ) -> String? {
    switch forwarded {
    case .known(let value): text(value)
    case .unavailable: "[UNAVAILABLE]"
    case nil: nil
    }
  }

  private static func text(_ name: ForwardedName?) -> String? {
    switch name {
    case .known(let octets): EscapedText.text(octets.span, for: .event)
    case .unavailable: "[UNAVAILABLE]"
    case .temporarilyUnavailable: "[TEMPUNAVAIL]"
    case nil: nil
    }
  }
}

extension ForwardedText {
  fileprivate var eventText: String { EscapedText.text(octets.span, for: .event) }
}
