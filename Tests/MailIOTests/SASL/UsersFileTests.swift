import Glibc
import MailIO
import MailProtocols
import TestSupport
import Testing

@Suite("users file")
struct UsersFileTests {
  private let scratch = ScratchDirectory()
  /// RFC 7677 3, in the form of a users file: the password is `pencil`.
  private static let keys =
    "{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,"
    + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

  private func users(_ text: String, mode: mode_t = 0o600) throws(UsersFile.Failure) -> UsersFile {
    ScratchDirectory.write(Array(text.utf8), to: scratch["users"])
    chmod(scratch["users"], mode)
    return try UsersFile(scratch["users"])
  }

  private func authority(_ text: String, certificateName: String? = nil) throws -> UsersAuthority {
    UsersAuthority(
      .users(try users(text)), certificateName: certificateName, madeKeys: Guarded([:]))
  }

  private func secret(_ text: String) -> SASLSecret { SASLSecret(Array(text.utf8)) }

  @Test("names and passwords, one a line; comments, empty lines and CRLF")
  func lines() throws {
    let users = try users("# ann:x\n\nann:pen:cil \r\nb o b:#x\ncarl:\(Self.keys)").users
    #expect(users.keys.sorted() == ["ann", "b o b", "carl"])
    let authority = try authority("ann:pen:cil \r\nbob:#x")
    #expect(authority.check(password: secret("pen:cil "), of: "ann") == .accepted)
    #expect(authority.check(password: secret("#x"), of: "bob") == .accepted)
  }

  @Test("names and passwords are prepared (RFC 4013)")
  func prepared() throws {
    let authority = try authority("\u{2168}:a\u{AD}b\n")
    #expect(authority.check(password: secret("ab"), of: "IX") == .accepted)
  }

  @Test(
    "a line that is none is refused by its number, and is not shown",
    arguments: [
      "secret", ":secret", "x:", "x:\u{AD}", "x:secret\u{7}", "secret\u{7}:x",
      "x:{SCRAM-SHA-256}secret", "x:{SCRAM-FOO}1,2,3,4", "a:secret",
    ])
  func garbled(line: String) throws {
    do throws(UsersFile.Failure) {
      _ = try users("a:b\n\(line)\n")
      Issue.record("taken: \(line)")
    } catch {
      #expect(error.description.contains("users, line 2: "))
      #expect(!error.description.contains("secret") && !error.isMissing)
    }
  }

  @Test("a user has a password, or keys for each hash, not both")
  func both() {
    for text in ["a:x\na:\(Self.keys)\n", "a:\(Self.keys)\na:x\n"] {
      #expect(throws: UsersFile.Failure.self) { try users(text) }
    }
  }

  @Test("a file that others can read is refused; one that is not there is missing")
  func access() {
    for mode: mode_t in [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666] {
      #expect(throws: UsersFile.Failure.self) { try users("a:b\n", mode: mode) }
    }
    #expect(throws: Never.self) { try users("a:b\n", mode: 0o400) }
    do throws(UsersFile.Failure) {
      _ = try UsersFile(scratch["none"])
      Issue.record("there is none")
    } catch {
      #expect(error.isMissing)
    }
  }

  @Test("a directory is no users file, and no missing one")
  func directory() {
    do throws(UsersFile.Failure) {
      chmod(scratch.path, 0o700)
      _ = try UsersFile(scratch.path)
      Issue.record("taken")
    } catch {
      #expect(!error.isMissing)
    }
  }

  @Test("the file has a limit", arguments: [0, 1])
  func limit(extra: Int) {
    let line = Array("#".utf8)
    let octets = [UInt8](repeating: line[0], count: UsersFile.maxByteCount + extra)
    ScratchDirectory.write(octets, to: scratch["users"])
    chmod(scratch["users"], 0o600)
    if extra == 0 {
      #expect(throws: Never.self) { try UsersFile(scratch["users"]) }
    } else {
      #expect(throws: UsersFile.Failure.self) { try UsersFile(scratch["users"]) }
    }
  }

  @Test("keys serve passwords and SCRAM of their hash, and no CRAM-MD5")
  func keys() throws {
    let authority = try authority("user:\(Self.keys)\n")
    #expect(authority.check(password: secret("pencil"), of: "user") == .accepted)
    #expect(authority.check(password: secret("pencils"), of: "user") == .refused)
    guard case .found = authority.scramKeys(of: "user", hash: .sha256) else {
      Issue.record("no keys")
      return
    }
    guard case .unknown = authority.scramKeys(of: "user", hash: .sha1) else {
      Issue.record("keys of another hash")
      return
    }
  }

  @Test("keys made of a password stay the same for all connections")
  func made() throws {
    let shared = Guarded<[String: SCRAMKeys]>([:])
    let file = UsersAuthority.Admission.users(try users("user:pencil\n"))
    let one = UsersAuthority(file, certificateName: nil, madeKeys: shared)
    let two = UsersAuthority(file, certificateName: nil, madeKeys: shared)
    guard case .found(let first) = one.scramKeys(of: "user", hash: .sha256),
      case .found(let second) = two.scramKeys(of: "user", hash: .sha256),
      case .found(let other) = two.scramKeys(of: "user", hash: .sha1)
    else {
      Issue.record("no keys")
      return
    }
    #expect(first.salt == second.salt && first.salt != other.salt)
    #expect(try first.match(secret("pencil"), digest: OpenSSLDigest()))
    #expect(shared.withLock { $0.count } == 2)
  }

  @Test("nobody is known who has no line")
  func unknown() throws {
    let authority = try authority("user:pencil\n", certificateName: "stranger")
    #expect(authority.check(password: secret("pencil"), of: "stranger") == .refused)
    for lookup in [
      authority.externalUser(), authority.user(ofToken: secret("pencil"), claimed: "stranger"),
      authority.user(ofToken: secret("x"), claimed: "user"),
      authority.user(ofToken: secret("pencil"), claimed: nil),
    ] {
      guard case .unknown = lookup else {
        Issue.record("\(lookup)")
        continue
      }
    }
    #expect(!authority.mayAct("user", as: "stranger"))
  }

  @Test("a certificate's name and a token are their user's")
  func known() throws {
    let authority = try authority("user:pencil\n", certificateName: "user")
    for lookup in [
      authority.externalUser(), authority.user(ofToken: secret("pencil"), claimed: "user"),
    ] {
      guard case .found("user") = lookup else {
        Issue.record("\(lookup)")
        continue
      }
    }
  }

  @Test("anybody gets in where anybody may, with anything, but by SCRAM")
  func anybody() {
    let authority = UsersAuthority(.anybody, certificateName: "who", madeKeys: Guarded([:]))
    #expect(authority.check(password: secret("x"), of: "y") == .accepted)
    #expect(authority.mayAct("x", as: "y"))
    guard case .unknown = authority.scramKeys(of: "x", hash: .sha256),
      case .found("who") = authority.externalUser(),
      case .found("z") = authority.user(ofToken: secret("x"), claimed: "z")
    else {
      Issue.record("not anybody")
      return
    }
  }
}
