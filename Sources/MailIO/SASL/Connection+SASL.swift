// What a connection means for a login: who can read along, and what it can be bound by.

package import MailProtocols

extension Connection {
  /// Whether others can read along.
  package func saslChannel(_ cleartext: SASLLoginOptions.Cleartext) -> SASLPolicy.Channel {
    if tls != nil { return .protected }
    switch cleartext {
    case .refused: return .exposed
    case .allowed: return .exposedByRequest
    }
  }

  /// The policy that a wish comes to here: the exporter on TLS 1.3, else tls-unique, else the
  /// server's certificate. Throws `bindingMissing` when what must be cannot be.
  /// - Parameter knowsUniqueAlone: the server is Cyrus, which takes tls-unique for the binding of
  ///   TLS 1.3, too: then it is tried once more with that.
  package func saslBinding(
    _ wish: SASLLoginOptions.Binding, knowsUniqueAlone: Bool
  ) throws(SASLError) -> SASLPolicy.Binding {
    switch wish {
    case .off: return .off
    case .automatic:
      guard let binding = bestBinding else { return .off }
      return .automatic(binding, retry: knowsUniqueAlone ? retryBinding : nil)
    case .required:
      guard let binding = bestBinding else { throw .bindingMissing }
      return .required(binding)
    case .kind(let kind):
      // Asked for by name on TLS 1.3, it is what Cyrus takes for it that is meant.
      guard let binding = binding(kind) ?? (kind == .unique ? retryBinding : nil) else {
        throw .bindingMissing
      }
      return .required(binding)
    }
  }

  private var bestBinding: SASLChannelBinding? {
    if tls?.version == "TLSv1.3" { return binding(.exporter) ?? binding(.serverEndPoint) }
    return binding(.unique) ?? binding(.serverEndPoint)
  }

  private var retryBinding: SASLChannelBinding? {
    tls13Finished.map { SASLChannelBinding(kind: .tlsUnique, data: $0) }
  }

  private func binding(_ kind: TLSChannelBinding) -> SASLChannelBinding? {
    guard let octets = channelBinding(kind) else { return nil }
    return SASLChannelBinding(kind: kind.sasl, data: octets)
  }
}

extension TLSChannelBinding {
  /// The same kind, as SASL names it.
  var sasl: SASLChannelBinding.Kind {
    switch self {
    case .exporter: .tlsExporter
    case .unique: .tlsUnique
    case .serverEndPoint: .tlsServerEndPoint
    }
  }
}
