// Certificates for tests, made by openssl(1): what every suite's authority has in common.

internal import Glibc
internal import MailIO
internal import Synchronization

/// A directory with an authority, `root.pem` and `root.key`, and what a suite had it issue; removed
/// when the process exits.
package final class TestAuthority: Sendable {
  private let directory = ScratchDirectory()

  /// Makes the authority, then runs a suite's commands beside its files; all must succeed.
  ///
  /// The commands may use `key NAME`, `authority NAME` and `signed NAME SECTION`, which sign
  /// themselves, and `leaf NAME SECTION [OPTION]...`, which `root` signs, with options of `openssl
  /// ca`; each makes NAME.key and, `key` apart, NAME.pem. `index.txt` lists what was issued.
  /// - Parameter sections: of ca.cnf, with the extensions of certificates.
  package init(sections: String, commands: String) {
    let path = directory.path
    let isFirst = Self.paths.withLock { paths in
      paths.append(path)
      return paths.count == 1
    }
    if isFirst { atexit { TestAuthority.removeAll() } }
    let script = Self.script(sections: sections, commands: commands)
    let made = Command.run(["sh", "-euc", script], in: path)
    precondition(made.status == .exited(0), made.text)
  }

  /// The path of one of the files.
  package func path(_ name: String) -> String { directory[name] }

  // A static value is never let go, so its directory is removed at the exit.
  private static let paths = Mutex<[String]>([])

  private static func removeAll() {
    for path in paths.withLock({ $0 }) { ScratchDirectory.remove(path) }
  }

  private static func script(sections: String, commands: String) -> String {
    #"""
    umask 077; mkdir new; : >index.txt; echo 1000 >serial
    cat >ca.cnf <<CNF
    [ca]
    default_ca = root
    [root]
    database = index.txt
    serial = serial
    new_certs_dir = new
    certificate = root.pem
    private_key = root.key
    default_md = sha256
    default_days = 60
    policy = any
    unique_subject = no
    [any]
    commonName = supplied
    [req]
    distinguished_name = dn
    prompt = no
    [dn]
    CN = x
    [authority]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    \#(sections)
    CNF
    key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
    signed() { key "$1"; openssl req -x509 -new -config ca.cnf -extensions "$2" \
      -key "$1.key" -subj "/CN=The $1" -days 3650 -out "$1.pem"; }
    authority() { signed "$1" authority; }
    leaf() { name=$1 section=$2; shift 2; key "$name"
      openssl req -new -config ca.cnf -key "$name.key" -subj "/CN=$name" -out "$name.csr"
      openssl ca -batch -notext -config ca.cnf -extensions "$section" "$@" \
        -in "$name.csr" -out "$name.pem"; }
    authority root
    \#(commands)
    """#
  }
}
