// The netrc file as ftp(1), curl and Python's netrc read it: logins and passwords by machine. Pure:
// bytes in, entries out. Who may read the file is for whoever opens it.

/// The entries of a netrc file.
package struct Netrc: Sendable {
  /// The longest file in octets.
  package static let maxByteCount = 1 << 20

  /// In the file's order.
  package let entries: [NetrcEntry]

  /// Reads a whole file.
  ///
  /// Words stand between blanks and line ends, in any number of lines. Where a keyword may stand,
  /// `#` starts a comment up to the line's end; in a value it is a character like any other. A
  /// value may stand in double quotes, on one line. A backslash stands before a character that is
  /// taken as it is, in quotes and without (so do ftp, wget and Python; curl takes one outside of
  /// quotes for itself, and `\n` in quotes for a line end). `macdef` goes up to the next empty
  /// line, whatever it holds. The caller overwrites `text`.
  package init(_ text: Span<UInt8>) throws(NetrcError) {
    guard text.count <= Self.maxByteCount else { throw NetrcError(line: 1, cause: .tooLong) }
    var parser = NetrcParser()
    entries = try parser.parse(text)
  }

  /// The first entry for the host, without regard to case, that has a password, and the user's
  /// login or none; only then `default`. With no user any login will do.
  package func entry(host: String, user: String? = nil) -> NetrcEntry? {
    let host = host.lowercased()
    func fits(_ entry: NetrcEntry) -> Bool {
      entry.password != nil && (user == nil || entry.login == nil || entry.login == user)
    }
    let own = entries.first { entry in
      guard case .host(let name) = entry.machine else { return false }
      return name.lowercased() == host && fits(entry)
    }
    return own ?? entries.first { $0.machine == .any && fits($0) }
  }
}
