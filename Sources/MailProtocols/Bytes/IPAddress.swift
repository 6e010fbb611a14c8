// Internet addresses in text and in octets: IPv4, IPv6 (RFC 4291 2.2), written as RFC 5952 wants them.
// No ports, no brackets, no zones (`%eth0`), no names.

/// An IPv4 or IPv6 address, without a port.
package enum IPAddress: Hashable, Sendable {
  /// The first octet is the highest.
  case v4(UInt32)
  case v6(UInt128)

  /// How strictly, or by whose rules, text is read.
  package enum Syntax: Sendable {
    /// RFC 4291 2.2, and IPv4 without leading zeros, which some take for octal numbers.
    case internet
    /// RFC 5321 4.1.3: IPv4 with up to three digits a number, and `::` for two groups or more.
    case mailLiteral
  }

  /// Octets of the longest text: eight groups, the last two as IPv4.
  package static let maxTextByteCount = 45

  /// The address that 4 or 16 octets in network order stand for; nil for any other count.
  package init?(octets: Span<UInt8>) {
    switch octets.count {
    case 4: self = .v4(octets.indices.reduce(0) { $0 << 8 | UInt32(octets[$1]) })
    case 16: self = .v6(octets.indices.reduce(0) { $0 << 8 | UInt128(octets[$1]) })
    default: return nil
    }
  }

  /// Reads the text of either family; nil for anything else.
  package init?(_ text: Span<UInt8>, syntax: Syntax = .internet) {
    if let address = IPAddress(ipv4: text, syntax: syntax) {
      self = address
    } else {
      self.init(ipv6: text, syntax: syntax)
    }
  }

  /// Reads the text of either family; nil for anything else.
  package init?(_ text: String) {
    let octets = [UInt8](text.utf8)
    self.init(octets.span)
  }

  /// Reads an IPv4 address: `192.0.2.1`.
  package init?(ipv4 text: Span<UInt8>, syntax: Syntax = .internet) {
    guard let value = Self.ipv4(text, from: 0, syntax) else { return nil }
    self = .v4(value)
  }

  /// Reads an IPv6 address: `2001:db8::1`, `::ffff:192.0.2.1`.
  package init?(ipv6 text: Span<UInt8>, syntax: Syntax = .internet) {
    guard text.count <= Self.maxTextByteCount else { return nil }
    var groups: UInt128 = 0
    var groupCount = 0
    // How many groups stand before `::`.
    var gap: Int?
    var index = 0
    var needsColon = false
    while index < text.count {
      if text[index] == .ascii(":"), index + 1 < text.count, text[index + 1] == .ascii(":") {
        guard gap == nil else { return nil }
        gap = groupCount
        needsColon = false
        index += 2
        continue
      }
      if needsColon {
        guard text[index] == .ascii(":") else { return nil }
        index += 1
      }
      let start = index
      var group: UInt128 = 0
      while index < text.count, index - start < 4, let digit = text[index].hexValue {
        group = group << 4 | UInt128(digit)
        index += 1
      }
      guard index > start, groupCount < 8 else { return nil }
      if index < text.count, text[index] == .ascii(".") {
        guard let end = Self.ipv4(text, from: start, syntax) else { return nil }
        groups = groups << 32 | UInt128(end)
        groupCount += 2
        index = text.count
      } else {
        groups = groups << 16 | group
        groupCount += 1
      }
      needsColon = true
    }
    guard let gap else {
      guard groupCount == 8 else { return nil }
      self = .v6(groups)
      return
    }
    let maxGroupCount =
      switch syntax {
      case .internet: 7
      case .mailLiteral: 6
      }
    guard groupCount <= maxGroupCount else { return nil }
    // The groups before the gap go to the top; a shift by all 128 bits gives 0.
    let tailWidth = (groupCount - gap) * 16
    let head = groups >> tailWidth
    self = .v6(head << (128 - gap * 16) | (groups - head << tailWidth))
  }

  private static func ipv4(_ text: Span<UInt8>, from start: Int, _ syntax: Syntax) -> UInt32? {
    var value: UInt32 = 0
    var index = start
    for part in 0..<4 {
      if part > 0 {
        guard index < text.count, text[index] == .ascii(".") else { return nil }
        index += 1
      }
      let first = index
      var number: UInt32 = 0
      while index < text.count, index - first < 3, text[index].isDigit {
        number = number * 10 + UInt32(text[index] - .ascii("0"))
        index += 1
      }
      guard index > first, number <= 255 else { return nil }
      switch syntax {
      case .internet: guard text[first] != .ascii("0") || index == first + 1 else { return nil }
      case .mailLiteral: break
      }
      value = value << 8 | number
    }
    return index == text.count ? value : nil
  }

  // MARK: - What it is

  /// The IPv4 address that one like `::ffff:192.0.2.1` stands for (RFC 4291 2.5.5.2), which is what
  /// a socket for both families calls its IPv4 peers; any other as it is.
  package var unmapped: IPAddress {
    switch self {
    case .v4: self
    case .v6(let value): value >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: value)) : self
    }
  }

  /// 4 or 16 octets in network order.
  package var octets: [UInt8] {
    switch self {
    case .v4(let value): (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    case .v6(let value): (0..<16).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * $0)) }
    }
  }

  /// The text: four numbers, or RFC 5952 (lower case, the longest run of zeros as `::`, an embedded
  /// IPv4 address in its own form).
  package var text: String {
    var wire: [UInt8] = []
    write(to: &wire)
    return String(decoding: wire, as: UTF8.self)
  }

  /// Appends the text.
  package func write(to output: inout [UInt8]) {
    switch self {
    case .v4(let value): Self.writeIPv4(value, to: &output)
    case .v6(let value):
      if case .v4(let embedded) = unmapped {
        output.append(contentsOf: "::ffff:".utf8)
        Self.writeIPv4(embedded, to: &output)
      } else {
        Self.writeIPv6(value, to: &output)
      }
    }
  }

  private static func writeIPv4(_ value: UInt32, to output: inout [UInt8]) {
    for part in 0..<4 {
      if part > 0 { output.append(.ascii(".")) }
      let number = UInt8(truncatingIfNeeded: value >> (24 - 8 * part))
      if number >= 100 { output.append(0x30 + number / 100) }
      if number >= 10 { output.append(0x30 + number / 10 % 10) }
      output.append(0x30 + number % 10)
    }
  }

  private static func writeIPv6(_ value: UInt128, to output: inout [UInt8]) {
    let gap = longestZeros(value)
    var index = 0
    while index < 8 {
      if index == gap.lowerBound, !gap.isEmpty {
        output.append(contentsOf: "::".utf8)
        index = gap.upperBound
        continue
      }
      if index > 0, index != gap.upperBound || gap.isEmpty { output.append(.ascii(":")) }
      let group = group(index, of: value)
      for shift in stride(from: 12, through: 0, by: -4) where shift == 0 || group >> shift != 0 {
        output.append(Hex.lowerDigit(UInt8(group >> shift & 15)))
      }
      index += 1
    }
  }

  private static func group(_ index: Int, of value: UInt128) -> UInt16 {
    UInt16(truncatingIfNeeded: value >> (112 - 16 * index))
  }

  /// The first of the longest runs of two zero groups or more (RFC 5952 4.2.2, 4.2.3).
  private static func longestZeros(_ value: UInt128) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0..<8 {
      if group(index, of: value) != 0 {
        start = index + 1
      } else if index + 1 - start >= 2, index + 1 - start > longest.count {
        longest = start..<(index + 1)
      }
    }
    return longest
  }
}
