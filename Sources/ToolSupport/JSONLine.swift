// One JSON object on one line (RFC 8259, JSON Lines): keys stay in the order they were given, and a
// key without a value is left out. Made for events, many of them, on hot paths: one buffer, no tree.

/// Writes a JSON object.
package struct JSONLine {
  private var octets: [UInt8] = [UInt8(ascii: "{")]

  package init() {
    octets.reserveCapacity(256)
  }

  /// The finished line, newline included.
  package consuming func finish() -> [UInt8] {
    octets.append(UInt8(ascii: "}"))
    octets.append(UInt8(ascii: "\n"))
    return octets
  }

  package mutating func add(_ key: StaticString, _ value: String?) {
    guard let value else { return }
    begin(key)
    append(text: value.utf8)
  }

  package mutating func add(_ key: StaticString, _ value: Int?) {
    guard let value else { return }
    begin(key)
    octets += String(value).utf8
  }

  package mutating func add(_ key: StaticString, _ value: Bool?) {
    guard let value else { return }
    begin(key)
    octets += (value ? "true" : "false").utf8
  }

  /// A number of seconds, to the millisecond.
  package mutating func add(_ key: StaticString, seconds value: Duration) {
    let (seconds, attoseconds) = value.components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    begin(key)
    octets += "\(seconds).".utf8
    octets += "\(milliseconds / 100)\(milliseconds / 10 % 10)\(milliseconds % 10)".utf8
  }

  /// An object, written by `body`; left out when it stays empty.
  package mutating func add(_ key: StaticString, object body: (inout JSONLine) -> Void) {
    let before = octets.count
    begin(key)
    octets.append(UInt8(ascii: "{"))
    let start = octets.count
    body(&self)
    if octets.count == start {
      octets.removeSubrange(before...)
    } else {
      octets.append(UInt8(ascii: "}"))
    }
  }

  /// A member whose key is not known in advance.
  package mutating func add(name: String, _ value: String?) {
    separate()
    append(text: name.utf8)
    octets.append(UInt8(ascii: ":"))
    if let value { append(text: value.utf8) } else { octets += "null".utf8 }
  }

  /// An array of texts.
  package mutating func add(_ key: StaticString, _ values: [String]) {
    begin(key)
    octets.append(UInt8(ascii: "["))
    for value in values {
      separate()
      append(text: value.utf8)
    }
    octets.append(UInt8(ascii: "]"))
  }

  /// An array of objects that are JSON lines already.
  package mutating func add(_ key: StaticString, lines: [UInt8]) {
    begin(key)
    octets.append(UInt8(ascii: "["))
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      separate()
      octets += line
    }
    octets.append(UInt8(ascii: "]"))
  }

  /// An array of objects.
  package mutating func add<Element>(
    _ key: StaticString, _ elements: [Element], _ body: (inout JSONLine, Element) -> Void
  ) {
    begin(key)
    octets.append(UInt8(ascii: "["))
    for element in elements {
      separate()
      octets.append(UInt8(ascii: "{"))
      body(&self, element)
      octets.append(UInt8(ascii: "}"))
    }
    octets.append(UInt8(ascii: "]"))
  }

  private mutating func begin(_ key: StaticString) {
    separate()
    octets.append(UInt8(ascii: "\""))
    octets += UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    octets.append(UInt8(ascii: "\""))
    octets.append(UInt8(ascii: ":"))
  }

  private mutating func separate() {
    guard let last = octets.last else { return }
    if last != UInt8(ascii: "{") && last != UInt8(ascii: "[") { octets.append(UInt8(ascii: ",")) }
  }

  private mutating func append(text: String.UTF8View) {
    octets.append(UInt8(ascii: "\""))
    for octet in text {
      switch octet {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        octets.append(UInt8(ascii: "\\"))
        octets.append(octet)
      case 0x0A: octets += "\\n".utf8
      case 0x0D: octets += "\\r".utf8
      case 0x09: octets += "\\t".utf8
      case 0..<0x20, 0x7F:
        octets += "\\u00".utf8
        octets.append(Self.hexDigits[Int(octet >> 4)])
        octets.append(Self.hexDigits[Int(octet & 15)])
      default: octets.append(octet)
      }
    }
    octets.append(UInt8(ascii: "\""))
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)
}
