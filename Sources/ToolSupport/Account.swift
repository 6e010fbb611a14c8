// Becoming another user, and another root directory, once what needs privileges is open.

internal import CLinux
internal import Glibc
internal import MailIO

/// A user, and the groups that go with it.
package struct Account: Sendable {
  private let name: String
  private let userID: uid_t
  private let groupID: gid_t

  /// Looks up `USER` or `USER:GROUP`, by name or number. Throws status noInput (66).
  package init(_ text: String) throws(ToolFailure) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0])
    if let entry = getpwnam(name) {
      userID = entry.pointee.pw_uid
      groupID = try parts.count > 1 ? Self.group(parts[1]) : entry.pointee.pw_gid
    } else if let number = uid_t(name) {
      userID = number
      groupID =
        try parts.count > 1 ? Self.group(parts[1]) : getpwuid(number)?.pointee.pw_gid ?? number
    } else {
      throw ToolFailure(.noInput, "no such user: \(name)")
    }
  }

  private static func group(_ text: Substring) throws(ToolFailure) -> gid_t {
    if let entry = getgrnam(String(text)) { return entry.pointee.gr_gid }
    if let number = gid_t(text) { return number }
    throw ToolFailure(.noInput, "no such group: \(text)")
  }

  /// Becomes the user for good; there is no way back. Throws status cannotCreate (73).
  package func become() throws(ToolFailure) {
    if getuid() == userID && getgid() == groupID { return }
    guard initgroups(name, groupID) == 0 else { throw failed("initgroups") }
    guard postroom_setresgid(groupID, groupID, groupID) == 0 else { throw failed("setgid") }
    guard postroom_setresuid(userID, userID, userID) == 0 else { throw failed("setuid") }
  }

  /// Makes a directory the root of the file system. Throws status cannotCreate (73).
  package static func changeRoot(_ directory: String) throws(ToolFailure) {
    guard chroot(directory) == 0, chdir("/") == 0 else {
      throw ToolFailure(.cannotCreate, SystemError("chroot", directory))
    }
  }

  private func failed(_ call: String) -> ToolFailure {
    ToolFailure(.cannotCreate, SystemError(call, name))
  }
}
