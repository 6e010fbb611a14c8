// The accounts file that the clients share: `account NAME` opens a section, then lines of an option's
// long name and its value. Pure: octets in, accounts out. Which options there are is for the tools,
// who may read the file for whoever opens it.

/// The accounts of a file.
package struct AccountsFile: Equatable, Sendable {
  /// The longest file in octets.
  package static let maxByteCount = 256 << 10
  /// Accounts in one file at most.
  package static let maxAccountCount = 1000
  /// Lines of one account at most.
  package static let maxSettingCount = 100

  /// One section.
  package struct Account: Equatable, Sendable {
    package let name: String
    /// The line that opens it.
    package let line: Int
    /// In the file's order.
    package internal(set) var settings: [Setting]
  }

  /// One line of an account.
  package struct Setting: Equatable, Sendable {
    /// An option's long name without the hyphens, or `url`.
    package let name: String
    /// What stands behind the blanks, up to the line's end; nil where nothing does.
    package let value: String?
    package let line: Int
  }

  /// In the file's order.
  package private(set) var accounts: [Account] = []

  /// Reads a whole file.
  ///
  /// A line is empty, a comment that starts with `#`, `account NAME`, or a name and its value. Blanks
  /// around it, and a carriage return at its end, do not count. A value goes to the line's end: there
  /// are no quotes, and `#` is a character like any other.
  package init(_ text: Span<UInt8>) throws(AccountsFileError) {
    guard text.count <= Self.maxByteCount else {
      throw AccountsFileError(line: 1, cause: .tooLong)
    }
    var number = 0
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != .lineFeed { end += 1 }
      number += 1
      try add(text, start, end, number)
      start = end + 1
    }
  }

  /// The account of that name; nil when there is none.
  package func account(_ name: String) -> Account? {
    accounts.first { $0.name == name }
  }

  private mutating func add(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, _ number: Int
  ) throws(AccountsFileError) {
    var (start, end) = (start, end)
    if end > start, text[end - 1] == .carriageReturn { end -= 1 }
    while start < end, text[start].isBlank { start += 1 }
    while end > start, text[end - 1].isBlank { end -= 1 }
    guard start < end, text[start] != .ascii("#") else { return }
    let line = text.extracting(start..<end)
    guard line.isWellFormedUTF8,
      line.indices.allSatisfy({ !line[$0].isControl || line[$0] == .tab })
    else { throw AccountsFileError(line: number, cause: .notText) }
    var position = 0
    while position < line.count, !line[position].isBlank { position += 1 }
    let name = String(copying: line.extracting(0..<position))
    while position < line.count, line[position].isBlank { position += 1 }
    let value =
      position == line.count ? nil : String(copying: line.extracting(position..<line.count))
    if name == "account" {
      try open(value, number)
    } else {
      try add(Setting(name: name, value: value, line: number))
    }
  }

  private mutating func open(_ name: String?, _ number: Int) throws(AccountsFileError) {
    guard let name else { throw AccountsFileError(line: number, cause: .nameMissing) }
    if let other = account(name) {
      throw AccountsFileError(line: number, cause: .repeated(firstLine: other.line))
    }
    guard accounts.count < Self.maxAccountCount else {
      throw AccountsFileError(line: number, cause: .tooMany)
    }
    accounts.append(Account(name: name, line: number, settings: []))
  }

  private mutating func add(_ setting: Setting) throws(AccountsFileError) {
    guard setting.name.utf8.allSatisfy({ $0.isAlpha || $0.isDigit || $0 == .ascii("-") }),
      setting.name.utf8.first != .ascii("-")
    else { throw AccountsFileError(line: setting.line, cause: .noOptionName) }
    // A secret does not belong here, and is not to be had from here.
    guard setting.name != "password" && setting.name != "token" else {
      throw AccountsFileError(line: setting.line, cause: .secret)
    }
    guard let last = accounts.indices.last else {
      throw AccountsFileError(line: setting.line, cause: .outsideOfAccount)
    }
    guard accounts[last].settings.count < Self.maxSettingCount else {
      throw AccountsFileError(line: setting.line, cause: .tooMany)
    }
    accounts[last].settings.append(setting)
  }
}

extension String {
  fileprivate init(copying octets: Span<UInt8>) {
    self = octets.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
