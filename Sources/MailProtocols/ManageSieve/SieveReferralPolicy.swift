// Whether to go where a server sends us (RFC 5804 1.3, REFERRAL). Whoever answers there is shown the
// credentials, so: never without verified TLS, never in a circle, not too far, by default not out of
// the domain, and never with what another host could use in our name.

/// Judges the referrals of one command.
package struct SieveReferralPolicy: Sendable {
  /// How far to go.
  package enum Reach: String, CaseIterable, Sendable {
    /// Nowhere.
    case deny
    /// To hosts below the same domain.
    case sameDomain = "same-domain"
    /// Anywhere.
    case follow
  }

  /// Why a referral is not followed.
  package enum Refusal: Error, Equatable, Sendable {
    case denied
    case otherDomain
    /// The way here, or the way on, has no TLS that was verified.
    case untrustedLine
    case loop
    case tooManyHops
    /// EXTERNAL and tokens stay with the server they are for.
    case credentials
    /// What the server names is no URL.
    case malformed(SieveURLError)
  }

  /// Whether the line on which a referral came is to be believed.
  package enum Line: Sendable { case verifiedTLS, other }

  /// The most hops.
  package static let maxHopCount = 5

  private let reach: Reach
  private let origin: SieveURL
  private var visited: [String]

  /// A policy for a connection to `origin`.
  package init(_ reach: Reach, origin: SieveURL) {
    self.reach = reach
    self.origin = origin
    visited = [Self.key(origin)]
  }

  /// Where to connect next: the referral, completed by what it leaves open. Counts it as a hop.
  package mutating func follow(
    _ referral: [UInt8], on line: Line, with proof: SASLCredentials.Proof
  ) throws(Refusal) -> SieveURL {
    var url: SieveURL
    do throws(SieveURLError) {
      url = try SieveURL(referral: referral)
    } catch {
      throw .malformed(error)
    }
    switch reach {
    case .deny: throw .denied
    case .sameDomain: guard isInDomain(url.host) else { throw .otherDomain }
    case .follow: break
    }
    switch (line, url.scheme) {
    case (.verifiedTLS, .sieve), (.verifiedTLS, .sieves): break
    case (.other, _), (.verifiedTLS, .insecure): throw .untrustedLine
    }
    switch proof {
    case .password: break
    case .token, .external: throw .credentials
    }
    url.user = url.user ?? origin.user
    url.owner = url.owner ?? origin.owner
    guard !visited.contains(Self.key(url)) else { throw .loop }
    // The first of those visited is where we came from.
    guard visited.count <= Self.maxHopCount else { throw .tooManyHops }
    visited.append(Self.key(url))
    return url
  }

  private static func key(_ url: SieveURL) -> String {
    "\(url.host.lowercased()):\(url.port ?? SieveURL.defaultPort)"
  }

  // MARK: Domains

  /// The same host, one below it, or one below the domain that the origin's host stands in. Without
  /// a list of public suffixes, a domain such as `co.uk` is known by its looks alone.
  private func isInDomain(_ host: String) -> Bool {
    let target = Self.labels(host)
    let home = Self.labels(origin.host)
    guard !Self.isAddress(target), !Self.isAddress(home) else { return target == home }
    if Self.isBelow(target, home) { return true }
    let domain = home.dropFirst()
    guard domain.count >= 2, !Self.looksPublic(domain) else { return false }
    return Self.isBelow(target, Array(domain))
  }

  private static func labels(_ host: String) -> [Substring] {
    let host = host.lowercased()
    return (host.hasSuffix(".") ? host.dropLast() : host[...]).split(
      separator: ".", omittingEmptySubsequences: false)
  }

  private static func isAddress(_ labels: [Substring]) -> Bool {
    labels.contains { $0.utf8.contains(.ascii(":")) } || labels.last?.allSatisfy(\.isNumber) ?? true
  }

  private static func isBelow(_ host: [Substring], _ domain: [Substring]) -> Bool {
    host.count >= domain.count && host.suffix(domain.count).elementsEqual(domain)
  }

  /// `co.uk`, `com.au`, `or.jp`: a short word below a country.
  private static func looksPublic(_ domain: ArraySlice<Substring>) -> Bool {
    guard domain.count == 2, let country = domain.last, let word = domain.first else {
      return false
    }
    return country.utf8.count == 2 && word.utf8.count <= 3
  }
}

extension SieveReferralPolicy.Refusal: CustomStringConvertible {
  /// A clause about the referral.
  package var description: String {
    switch self {
    case .denied: "referrals are not followed"
    case .otherDomain: "it leads out of the domain"
    case .untrustedLine: "there is no verified TLS on the way"
    case .loop: "it leads in a circle"
    case .tooManyHops: "it is the \(SieveReferralPolicy.maxHopCount + 1)th"
    case .credentials: "EXTERNAL and tokens do not go along"
    case .malformed(let error): error.description
    }
  }
}
