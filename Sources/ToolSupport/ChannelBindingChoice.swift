// The value of --channel-binding: whether a login is bound to the TLS connection it goes over.

internal import ArgumentParser
package import MailIO

/// Use of channel binding.
package enum ChannelBindingChoice: ExpressibleByArgument, Equatable, Sendable {
  /// Where the server offers it, of the kind that fits the connection.
  case automatic
  /// Never.
  case off
  /// Of this kind, and not without.
  case required(TLSChannelBinding)

  package init?(argument text: String) {
    switch text {
    case "auto": self = .automatic
    case "off": self = .off
    default:
      guard let kind = TLSChannelBinding(rawValue: text) else { return nil }
      self = .required(kind)
    }
  }

  /// As it is given: `auto`.
  package var defaultValueDescription: String {
    switch self {
    case .automatic: "auto"
    case .off: "off"
    case .required(let kind): kind.rawValue
    }
  }

  package static var allValueStrings: [String] {
    ["auto", "off"] + TLSChannelBinding.allCases.map(\.rawValue)
  }
}
