// Splits what stands behind a path into parameters (RFC 5321 4.1.2, RFC 6531 3.3).
// Knows no keyword: which are allowed, and what their values mean, is the session's.

/// Reads the parameters of MAIL and RCPT.
package enum SMTPParameterParser {
  /// The most parameters a command may have; the registered ones together are fewer.
  package static let maxCount = 32

  /// Reads `bytes`, a command line without its line end, from `position`, where a path ended.
  ///
  /// Parameters are in the order they came. One space or more stands before each; spaces at the
  /// end are let pass. Allocates nothing when there are none.
  package static func parse(
    _ bytes: Span<UInt8>, from position: Int
  ) throws(SMTPParameterError) -> [SMTPParameter] {
    var parameters: [SMTPParameter] = []
    var position = position
    while position < bytes.count {
      guard bytes[position] == .space else { throw .malformed }
      while position < bytes.count, bytes[position] == .space { position += 1 }
      if position == bytes.count { break }
      let parameter = try parseOne(bytes, at: &position)
      guard !parameters.contains(where: { $0.name == parameter.name }) else {
        throw .duplicate(parameter.name)
      }
      guard parameters.count < maxCount else { throw .tooMany }
      parameters.append(parameter)
    }
    return parameters
  }

  private static func parseOne(
    _ bytes: Span<UInt8>, at position: inout Int
  ) throws(SMTPParameterError) -> SMTPParameter {
    let start = position
    while position < bytes.count, isKeyword(bytes[position], first: position == start) {
      position += 1
    }
    guard position > start else { throw .malformed }
    let keyword = bytes.copy(start..<position).map(\.uppercased)
    let name = String(decoding: keyword, as: UTF8.self)
    guard position < bytes.count, bytes[position] != .space else {
      return SMTPParameter(readName: name, value: nil)
    }
    guard bytes[position] == .ascii("=") else { throw .malformed }
    position += 1
    let valueStart = position
    while position < bytes.count, bytes[position] != .space {
      let octet = bytes[position]
      guard octet != .ascii("="), !octet.isControl,
        let (_, count) = bytes.utf8Scalar(at: position)
      else { throw .malformed }
      position += count
    }
    guard position > valueStart else { throw .malformed }
    return SMTPParameter(readName: name, value: bytes.copy(valueStart..<position))
  }

  private static func isKeyword(_ octet: UInt8, first: Bool) -> Bool {
    octet.isLetterOrDigit || (octet == .ascii("-") && !first)
  }
}
