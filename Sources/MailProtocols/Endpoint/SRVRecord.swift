// Where a domain has a service: SRV records (RFC 2782), and the order in which clients use them.

/// One SRV record.
package struct SRVRecord: Equatable, Sendable {
  /// The lowest is tried first.
  package var priority: UInt16
  /// The share of the clients within a priority.
  package var weight: UInt16
  package var port: UInt16
  /// In lower case, without a dot at the end.
  package var target: String

  package init(priority: UInt16, weight: UInt16, port: UInt16, target: String) {
    self.priority = priority
    self.weight = weight
    self.port = port
    self.target = target
  }

  /// The records in the order to try them: by priority, and within one by chance, a record as likely
  /// to be next as its weight says (RFC 2782, "Weight").
  /// - Parameter random: a number from 0 up to and with the one given.
  package static func ordered(
    _ records: [SRVRecord], random: (UInt32) -> UInt32
  ) -> [SRVRecord] {
    // Those of weight 0 stand first, so that they have a small chance, too.
    var rest = records.sorted {
      $0.priority != $1.priority
        ? $0.priority < $1.priority : $0.weight == 0 && $1.weight != 0
    }
    var result: [SRVRecord] = []
    while let priority = rest.first?.priority {
      let candidates = rest.prefix { $0.priority == priority }
      let sum = candidates.reduce(UInt32(0)) { $0 + UInt32($1.weight) }
      let chosen = min(random(sum), sum)
      var runningSum: UInt32 = 0
      let place =
        candidates.firstIndex { record in
          runningSum += UInt32(record.weight)
          return runningSum >= chosen
        } ?? 0
      result.append(rest.remove(at: place))
    }
    return result
  }
}
