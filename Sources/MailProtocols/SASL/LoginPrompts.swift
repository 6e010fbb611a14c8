// The challenges of LOGIN: clients look at their number, not at their words, and some servers word
// them otherwise.

/// The challenges of LOGIN.
package struct LoginPrompts: Equatable, Sendable {
  /// Asks for the name.
  package var user: [UInt8]
  /// Asks for the password.
  package var password: [UInt8]

  /// `Username:` and `Password:`, as most servers word them.
  package init(user: [UInt8] = Array("Username:".utf8), password: [UInt8] = Array("Password:".utf8))
  {
    self.user = user
    self.password = password
  }
}
