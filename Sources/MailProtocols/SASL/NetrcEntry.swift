// What a netrc file says of one machine.

/// One entry of a netrc file; printing it shows no secret.
package struct NetrcEntry: Sendable {
  /// What the entry is for.
  package enum Machine: Equatable, Sendable {
    /// A host, as it is spelled in the file.
    case host(String)
    /// Any host that has no entry of its own.
    case any
  }

  /// What it is for.
  package let machine: Machine
  /// The user; nil when the entry is for all.
  package internal(set) var login: String?
  /// The password, if there is one; never empty.
  package internal(set) var password: SASLSecret?

  init(_ machine: Machine) { self.machine = machine }
}
