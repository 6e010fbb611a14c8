// Where scripts are: the URL of RFC 5804 section 3, read as people write it and written as the RFC
// wants it. Besides `sieve`, which requires STARTTLS here, there are `sieves` (TLS from the first
// octet) and `sieve+insecure`. A password in it is refused: command lines are seen by others.

/// A server, and perhaps a user, an owner and a script.
package struct SieveURL: Equatable, Sendable {
  /// How the line is secured.
  package enum Scheme: String, CaseIterable, Sendable {
    /// STARTTLS is required.
    case sieve = "sieve"
    /// TLS from the first octet.
    case sieves = "sieves"
    /// Plain text, spelled out.
    case insecure = "sieve+insecure"
  }

  /// Whose scripts.
  package enum Owner: Equatable, Sendable {
    /// A user: whom to act as.
    case user(String)
    /// Nobody's: the server's own (an empty owner, `//script`).
    case global
  }

  /// The port of ManageSieve (RFC 5804 1.8).
  package static let defaultPort: UInt16 = 4190
  /// The longest URL that is read, in octets.
  package static let maxByteCount = 16384

  package var scheme: Scheme
  /// Who logs in; nil when the URL does not say.
  package var user: String?
  /// The mechanism asked for by `;AUTH=`, `*` included.
  package var mechanism: String?
  /// A name or an address, without brackets.
  package var host: String
  /// nil when the URL names none: then records of the DNS may.
  package var port: UInt16?
  /// nil: the user who logs in.
  package var owner: Owner?
  /// A script's name, as octets: it need not be UTF-8.
  package var script: [UInt8]?

  /// A URL from its parts.
  package init(
    scheme: Scheme = .sieve, user: String? = nil, mechanism: String? = nil, host: String,
    port: UInt16? = nil, owner: Owner? = nil, script: [UInt8]? = nil
  ) {
    self.scheme = scheme
    self.user = user
    self.mechanism = mechanism
    self.host = host
    self.port = port
    self.owner = owner
    self.script = script
  }

  /// Reads a URL from a person.
  package init(_ text: String) throws(SieveURLError) {
    self = try SieveURLParser(Array(text.utf8), userinfo: .authMechanism).parse()
  }

  /// Reads the URL of a referral. Cyrus's names whom to act as behind the user: `user;owner@host`.
  package init(referral octets: [UInt8]) throws(SieveURLError) {
    self = try SieveURLParser(octets, userinfo: .authzid).parse()
    guard script == nil else { throw .scriptInReferral }
  }
}

extension SieveURL: CustomStringConvertible {
  /// The URL, all but unreserved characters percent-encoded.
  package var description: String {
    var text = "\(scheme.rawValue)://"
    if let user { text += Self.encode(Array(user.utf8)) }
    if let mechanism {
      text += ";AUTH=\(mechanism == "*" ? "*" : Self.encode(Array(mechanism.utf8)))"
    }
    if user != nil || mechanism != nil { text += "@" }
    if host.utf8.contains(.ascii(":")) {
      text += "[\(Self.encode(Array(host.utf8), keeping: [.ascii(":")]))]"
    } else {
      text += host
    }
    if let port { text += ":\(port)" }
    switch owner {
    case .user(let name): text += "/\(Self.encode(Array(name.utf8)))"
    case .global: text += "/"
    case nil: break
    }
    if let script {
      text += "/\(Self.encode(script))"
    } else if owner != nil {
      // Two segments, or the owner would be read as a script.
      text += "/"
    }
    return text
  }

  /// RFC 3986 2.3, and `%XX` for all else.
  private static func encode(_ octets: [UInt8], keeping kept: [UInt8] = []) -> String {
    var text: [UInt8] = []
    for octet in octets {
      switch octet {
      case .ascii("-"), .ascii("."), .ascii("_"), .ascii("~"): text.append(octet)
      case _ where octet.isAlpha || octet.isDigit || kept.contains(octet): text.append(octet)
      default:
        let digits = Array("0123456789ABCDEF".utf8)
        text += [.ascii("%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
