// A strict JSON parser (RFC 8259) for looking at what tools print: what it takes is JSON, and a key
// that stands twice in an object is refused.

enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// Keys in their order.
  case object([Member])

  struct Member: Equatable {
    let key: String
    let value: JSONValue
  }

  /// Parses a text that is one value and nothing else; nil when it is not.
  init?(_ text: some Sequence<UInt8>) {
    var parser = Parser(octets: Array(text))
    guard let value = parser.document() else { return nil }
    self = value
  }

  /// The values of JSON Lines; nil unless every line is one, and the last is ended.
  static func lines(_ text: [UInt8]) -> [JSONValue]? {
    guard text.isEmpty || text.last == 0x0A else { return nil }
    var values: [JSONValue] = []
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      guard let value = JSONValue(line) else { return nil }
      values.append(value)
    }
    return values
  }

  var keys: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.key)
  }

  subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  subscript(_ index: Int) -> JSONValue? {
    guard case .array(let values) = self, values.indices.contains(index) else { return nil }
    return values[index]
  }

  var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var int: Int? {
    guard case .number(let number) = self else { return nil }
    return Int(exactly: number)
  }

  private struct Parser {
    let octets: [UInt8]
    var position = 0

    init(octets: [UInt8]) { self.octets = octets }

    mutating func document() -> JSONValue? {
      guard let value = value(depth: 0) else { return nil }
      skipBlanks()
      return position == octets.count ? value : nil
    }

    private mutating func skipBlanks() {
      while position < octets.count, [0x20, 0x09, 0x0A, 0x0D].contains(octets[position]) {
        position += 1
      }
    }

    private mutating func take(_ text: String) -> Bool {
      guard octets[position...].starts(with: text.utf8) else { return false }
      position += text.utf8.count
      return true
    }

    private mutating func value(depth: Int) -> JSONValue? {
      skipBlanks()
      guard position < octets.count, depth < 20 else { return nil }
      switch octets[position] {
      case UInt8(ascii: "n"): return take("null") ? .null : nil
      case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
      case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
      case UInt8(ascii: "\""): return string().map { .string($0) }
      case UInt8(ascii: "["): return array(depth: depth)
      case UInt8(ascii: "{"): return object(depth: depth)
      default: return number()
      }
    }

    private mutating func array(depth: Int) -> JSONValue? {
      position += 1
      var values: [JSONValue] = []
      skipBlanks()
      if take("]") { return .array([]) }
      while true {
        guard let value = value(depth: depth + 1) else { return nil }
        values.append(value)
        skipBlanks()
        if take("]") { return .array(values) }
        guard take(",") else { return nil }
      }
    }

    private mutating func object(depth: Int) -> JSONValue? {
      position += 1
      var members: [Member] = []
      skipBlanks()
      if take("}") { return .object([]) }
      while true {
        skipBlanks()
        guard position < octets.count, octets[position] == UInt8(ascii: "\""), let key = string(),
          !members.contains(where: { $0.key == key })
        else { return nil }
        skipBlanks()
        guard take(":"), let value = value(depth: depth + 1) else { return nil }
        members.append(Member(key: key, value: value))
        skipBlanks()
        if take("}") { return .object(members) }
        guard take(",") else { return nil }
      }
    }

    private mutating func number() -> JSONValue? {
      let start = position
      _ = take("-")
      let first = position
      guard let whole = digits() else { return nil }
      if whole > 1 && octets[first] == UInt8(ascii: "0") { return nil }
      if take("."), digits() == nil { return nil }
      if take("e") || take("E") {
        if !take("+") { _ = take("-") }
        guard digits() != nil else { return nil }
      }
      return Double(String(decoding: octets[start..<position], as: UTF8.self)).map { .number($0) }
    }

    private mutating func digits() -> Int? {
      let start = position
      while position < octets.count, (0x30...0x39).contains(octets[position]) { position += 1 }
      return position > start ? position - start : nil
    }

    private mutating func string() -> String? {
      position += 1
      var units: [UInt16] = []
      while position < octets.count {
        let octet = octets[position]
        switch octet {
        case UInt8(ascii: "\""):
          position += 1
          // A surrogate without its other half is no text.
          return String(validating: units, as: UTF16.self)
        case UInt8(ascii: "\\"):
          guard let unit = escape() else { return nil }
          units.append(unit)
        case 0..<0x20:
          return nil
        default:
          guard let scalar = scalar() else { return nil }
          units += Array(String(scalar).utf16)
        }
      }
      return nil
    }

    private mutating func escape() -> UInt16? {
      guard position + 1 < octets.count else { return nil }
      let letter = octets[position + 1]
      position += 2
      switch letter {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(letter)
      case UInt8(ascii: "b"): return 8
      case UInt8(ascii: "f"): return 12
      case UInt8(ascii: "n"): return 10
      case UInt8(ascii: "r"): return 13
      case UInt8(ascii: "t"): return 9
      case UInt8(ascii: "u"):
        guard position + 4 <= octets.count else { return nil }
        let digits = octets[position..<position + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        position += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
      default: return nil
      }
    }

    /// One well-formed character of UTF-8.
    private mutating func scalar() -> Unicode.Scalar? {
      for count in 1...4 where position + count <= octets.count {
        if let text = String(validating: octets[position..<position + count], as: UTF8.self),
          let scalar = text.unicodeScalars.first
        {
          position += count
          return scalar
        }
      }
      return nil
    }
  }
}
