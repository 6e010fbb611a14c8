// sievectl caps: what the server can do for who is logged in, and how that was done (RFC 5804 1.7).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct CapsAction: SieveAction {
  static let name = "caps"
  static let abstract = "Print the capabilities after login, and how it was done."
  static let operandUsage = ""

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(0...0, Self.operandUsage)
    return .remote { (session) throws(SieveFailure) in
      let client = try session.client()
      if session.output.form == .json {
        session.output.object { Self.add(client, to: &$0) }
      } else {
        Self.print(client, to: session.output)
      }
      return .success
    }
  }

  private static func add(_ client: ManageSieveClient, to json: inout JSONLine) {
    let capabilities = client.capabilities
    json.add("implementation", capabilities.implementation)
    json.add("version", capabilities.version)
    json.add("sieve", capabilities.sieve)
    json.add("notify", capabilities.notify)
    json.add("sasl", capabilities.sasl)
    json.add("language", capabilities.language)
    json.add("maxRedirects", capabilities.maxRedirects)
    json.add("owner", capabilities.owner)
    json.add("unauthenticate", capabilities.unauthenticate)
    json.add("starttls", capabilities.startTLS)
    json.add("other", capabilities.other) { json, other in
      json.add("name", other.name)
      json.add("value", other.value)
    }
    for (key, value) in facts(client) { json.add(key, value) }
  }

  private static func print(_ client: ManageSieveClient, to output: SieveOutput) {
    let capabilities = client.capabilities
    var lines: [(StaticString, String?)] = [
      ("implementation", capabilities.implementation), ("version", capabilities.version),
      ("sieve", capabilities.sieve.joined(separator: " ")),
      ("notify", capabilities.notify.joined(separator: " ")),
      ("sasl", capabilities.sasl.joined(separator: " ")), ("language", capabilities.language),
      ("maxRedirects", capabilities.maxRedirects.map(String.init)),
      ("owner", capabilities.owner), ("unauthenticate", capabilities.unauthenticate ? "yes" : "no"),
      ("starttls", capabilities.startTLS ? "yes" : "no"),
    ]
    for other in capabilities.other {
      lines.append(("other", other.value.map { "\(other.name) \($0)" } ?? other.name))
    }
    lines += facts(client)
    for (key, value) in lines {
      guard let value else { continue }
      output.line(octets: Array((value.isEmpty ? "\(key)" : "\(key) \(value)").utf8))
    }
  }

  /// What is known of the connection.
  private static func facts(_ client: ManageSieveClient) -> [(StaticString, String?)] {
    var binding: String?
    if case .bound(let bound)? = client.login?.binding { binding = bound.kind.rawValue }
    return [
      ("mechanism", client.login?.entry.name.text), ("channelBinding", binding),
      ("tlsVersion", client.connection.tls?.version), ("cipher", client.connection.tls?.cipher),
    ]
  }
}
