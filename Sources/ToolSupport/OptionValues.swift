// Values of options that many tools take: durations and sizes, as postroom(7) describes them.

internal import ArgumentParser
package import MailProtocols

extension TimeSpan: ExpressibleByArgument {
  package init?(argument text: String) {
    self.init(text)
  }

  /// The span as it would be given: `300s`.
  package var defaultValueDescription: String {
    let (seconds, attoseconds) = duration.components
    if attoseconds == 0 { return "\(seconds)s" }
    return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
  }
}

extension ByteSize: ExpressibleByArgument {
  package init?(argument text: String) {
    self.init(text)
  }

  package var defaultValueDescription: String { String(byteCount) }
}
