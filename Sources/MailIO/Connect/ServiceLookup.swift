// Whether a service's place is taken from SRV records (`--srv`), and connecting to what they say.
// The name that certificates and credentials are for stays the one the user typed (RFC 7817 3).

package import MailProtocols

/// Use of SRV records.
package enum ServiceLookup: String, CaseIterable, Sendable {
  /// Where there are any, and the port was not said.
  case auto
  /// Never.
  case off
  /// Always; without one the service is not there.
  case only
}

extension ConnectionOpener {
  /// How long records are looked for, where they may be missing: who cannot say is passed over.
  private static let optionalLookupShare = 3

  /// Connects to an endpoint's place: a unix socket, a host with the port that was said or is usual,
  /// or what the domain's SRV records name, one after another with equal shares of the time.
  package func open(
    _ endpoint: Endpoint, services: ServiceLookup = .off, nameServers: NameServers? = nil,
    until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectError) -> OpenedConnection {
    switch endpoint.place {
    case .unix(let path):
      return try open(unixPath: path, until: deadline, unless: interrupt)
    case .host(let host, let port):
      if port == nil, services != .off {
        let records = try records(
          endpoint, host, services, nameServers ?? .ofSystem(), until: deadline,
          unless: interrupt)
        if !records.isEmpty {
          return try open(records, of: host, until: deadline, unless: interrupt)
        }
      }
      return try open(
        host: host, port: port ?? endpoint.scheme.defaultPort, until: deadline, unless: interrupt)
    }
  }

  /// The records in the order to try them; none where the host itself is to be tried.
  private func records(
    _ endpoint: Endpoint, _ host: String, _ services: ServiceLookup, _ nameServers: NameServers,
    until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectError) -> [SRVRecord] {
    // An address has no records; nor has a name without a dot, which is this network's own.
    if services == .auto, !host.contains(".") || Resolver.isAddress(host) { return [] }
    let service = endpoint.scheme.service.recordName
    let limit = services == .auto ? deadline.share(of: Self.optionalLookupShare) : deadline
    let answer: SRVQuery.Answer
    do throws(ConnectError) {
      answer = try SRVLookup.answer(
        service: service, domain: host, nameServers: nameServers, until: limit, unless: interrupt)
    } catch {
      switch error {
      case .lookupFailed where services == .auto, .unknownHost where services == .auto: return []
      case .lookupFailed, .unknownHost, .noService, .unreachable, .local, .interrupted: throw error
      }
    }
    switch answer {
    case .records(let records):
      return SRVRecord.ordered(records) { SecureRandom.number(upTo: $0) }
    case .notOffered:
      throw .noService(domain: host, reason: "the domain says that it has no \(service) service")
    case .none:
      guard services == .only else { return [] }
      throw .noService(domain: host, reason: "no SRV record \(service).\(host)")
    }
  }

  private func open(
    _ records: [SRVRecord], of host: String, until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectError) -> OpenedConnection {
    var attempts: [ConnectAttempt] = []
    for (index, record) in records.enumerated() {
      do throws(ConnectError) {
        return try open(
          host: record.target, port: record.port, until: deadline.share(of: records.count - index),
          unless: interrupt)
      } catch {
        switch error {
        case .local, .interrupted, .noService: throw error
        case .unknownHost, .lookupFailed, .unreachable:
          // The record's own line, without repeating what it is about.
          attempts.append(ConnectAttempt("", "\(error)"))
        }
      }
    }
    throw .unreachable(host: host, port: nil, attempts)
  }
}
