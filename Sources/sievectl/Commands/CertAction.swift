// sievectl cert: the certificate of the server. Nobody logs in for that.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct CertAction: SieveAction {
  static let name = "cert"
  static let abstract = "Print what is in the server's certificate."
  static let operandUsage = ""

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(0...0, Self.operandUsage)
    return .greeted { (session) throws(SieveFailure) in
      guard let certificate = try session.greeted().connection.peerCertificate else {
        throw SieveFailure(.refused, "no TLS, so no certificate")
      }
      let names = certificate.hosts.names + certificate.hosts.addresses
      let lines: [(StaticString, String)] = [
        ("subject", certificate.subject), ("issuer", certificate.issuer),
        ("serial", certificate.serial), ("notBefore", certificate.notBefore.rfc3339),
        ("notAfter", certificate.notAfter.rfc3339),
      ]
      let digest = String(decoding: Hex.encode(certificate.sha256.span), as: UTF8.self)
      if session.output.form == .json {
        session.output.object { json in
          for (key, value) in lines { json.add(key, value) }
          json.add("san", names)
          json.add("sha256", digest)
        }
      } else {
        for (key, value) in lines {
          session.output.line(octets: Array("\(key) \(value)".utf8))
        }
        session.output.line(octets: Array("san \(names.joined(separator: " "))".utf8))
        session.output.line("sha256 \(digest)")
      }
      return .success
    }
  }
}
