// Reads the path behind "MAIL FROM:" or "RCPT TO:" (RFC 5321 4.1.2 and 4.1.3, RFC 6531 3.3).
// Plain addresses are read here in one pass; everything else goes to SMTPPathScanner.
// Does not read the parameters behind the path, and does not know MAIL from RCPT: whether `<>`
// and non-ASCII are allowed is the caller's to say.

/// Reads SMTP paths, to the letter or as clients write them.
package struct SMTPPathParser: Sendable {
  /// How far from RFC 5321 a path may be.
  package enum Leniency: Sendable {
    /// RFC 5321 and RFC 6531 to the letter: brackets, no space after the colon, local parts of
    /// at most 64 octets, a domain, no comments, address literals judged. Source routes are read
    /// and dropped, as 4.1.1.2 and appendix C ask.
    case strict
    /// Also: no brackets, spaces after the colon, RFC 5322 comments and spaces around the parts
    /// of an address, quoted pairs outside quotes, quoted and bare words side by side, misplaced
    /// dots, any printable octet that cannot be taken for something else, any literal, no domain.
    case lenient
  }

  /// RFC 5321 4.5.3.1.2.
  package static let maxDomainCount = 255
  /// RFC 5321 4.5.3.1.1; the most that the strict grammar accepts.
  package static let maxStrictLocalPartCount = 64
  /// How deep comments may be nested in the lenient grammar.
  package static let maxCommentDepth = 32

  let leniency: Leniency
  let maxLocalPartCount: Int

  /// - Parameter maxLocalPartCount: the most octets of a local part, its quotes and escapes not
  ///   counted; 0 is any number. The strict grammar never takes more than 64.
  package init(leniency: Leniency, maxLocalPartCount: Int = 0) {
    let limit = maxLocalPartCount == 0 ? Int.max : maxLocalPartCount
    self.leniency = leniency
    self.maxLocalPartCount =
      leniency == .strict ? min(limit, Self.maxStrictLocalPartCount) : limit
  }

  /// Reads the path that starts at `position`, right behind the colon.
  ///
  /// `bytes` is the command line without its line end. `position` is left behind the path, at a
  /// space or at the end; after an error it is unchanged. Takes one allocation for `<user@domain>`.
  package func parse(
    _ bytes: Span<UInt8>, at position: inout Int
  ) throws(SMTPPathError) -> SMTPPath {
    if let path = parsePlain(bytes, at: &position) { return path }
    // Quotes, routes, comments and whatever is wrong are rare: they may cost a copy.
    var scanner = SMTPPathScanner(self, line: bytes.copy(position..<bytes.count))
    let path = try scanner.scanPath()
    position += scanner.position
    return path
  }

  /// `<dot-atom@domain>` in ASCII and within all limits, or nil for the scanner to look at.
  private func parsePlain(_ bytes: Span<UInt8>, at position: inout Int) -> SMTPPath? {
    let end = bytes.count
    guard position < end, bytes[position] == .ascii("<") else { return nil }
    let start = position + 1
    var index = start
    var previous: UInt8 = .ascii(".")
    while index < end, bytes[index] != .ascii("@") {
      let octet = bytes[index]
      guard octet.isAtomText || (octet == .ascii(".") && previous != octet) else { return nil }
      previous = octet
      index += 1
    }
    let at = index
    guard at < end, previous != .ascii("."), at - start <= maxLocalPartCount else { return nil }
    index += 1
    previous = .ascii(".")
    while index < end, bytes[index] != .ascii(">") {
      let octet = bytes[index]
      if octet == .ascii(".") || octet == .ascii("-") {
        // A label neither starts nor ends with a hyphen, and is not empty.
        guard previous.isLetterOrDigit || (previous == octet && octet == .ascii("-")) else {
          return nil
        }
      } else {
        guard octet.isLetterOrDigit else { return nil }
      }
      previous = octet
      index += 1
    }
    guard index < end, previous.isLetterOrDigit, index - at - 1 <= Self.maxDomainCount,
      index + 1 == end || bytes[index + 1] == .space
    else { return nil }
    position = index + 1
    return SMTPPath(plain: bytes.copy(start..<index), at: at - start)
  }
}
