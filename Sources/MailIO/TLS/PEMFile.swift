// Certificates and keys in PEM files (RFC 7468), read whole, with reasons that name the file.
// A password is never asked for.

internal import COpenSSL
internal import Glibc
internal import MailProtocols

/// Reads PEM files.
enum PEMFile {
  /// The largest file that is read.
  static let maxByteCount = 1 << 20

  /// Who may read a file.
  enum Readers {
    case anyone
    /// The owner; where the owner is root, also the group that root gave it (Debian's `ssl-cert`).
    case owner
  }

  /// All certificates in the file, in order; at least one.
  static func certificates(_ path: String) throws(TLSConfigurationError) -> [Certificate] {
    let octets = try read(path, for: .anyone)
    return try withMemory(octets) { source throws(TLSConfigurationError) in
      var certificates: [Certificate] = []
      while let pointer = PEM_read_bio_X509(
        source, nil, { PEMFile.noPassword($0, $1, $2, $3) }, nil)
      {
        certificates.append(Certificate(owning: pointer))
      }
      let code = OpenSSLErrors.take()
      guard ERR_GET_REASON(code) == PEM_R_NO_START_LINE else {
        let place = "certificate \(certificates.count + 1)"
        throw TLSConfigurationError(path, "\(place) is garbled: \(OpenSSLErrors.reason(code))")
      }
      guard !certificates.isEmpty else { throw TLSConfigurationError(path, "no certificate in it") }
      return certificates
    }
  }

  /// The first private key in the file.
  static func key(_ path: String) throws(TLSConfigurationError) -> PrivateKey {
    var octets = try read(path, for: .owner)
    defer { octets.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    guard octets.split(separator: .lineFeed).contains(where: isKeyStart) else {
      throw TLSConfigurationError(path, "no private key in it")
    }
    return try withMemory(octets) { source throws(TLSConfigurationError) in
      var isEncrypted = false
      let pointer = withUnsafeMutablePointer(to: &isEncrypted) {
        PEM_read_bio_PrivateKey(source, nil, { PEMFile.noPassword($0, $1, $2, $3) }, $0)
      }
      let reason = OpenSSLErrors.takeReason()
      if let pointer { return PrivateKey(owning: pointer) }
      throw TLSConfigurationError(
        path,
        isEncrypted
          ? "the key is encrypted, and no password is asked for" : "the key is garbled: \(reason)")
    }
  }

  /// Whether a line starts a key of any kind (RFC 7468 10, 11; RFC 5915 4).
  private static func isKeyStart(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "-----BEGIN ".utf8)
      && String(decoding: line, as: UTF8.self).contains("PRIVATE KEY-----")
  }

  /// Octets of a file that only `readers` can read.
  static func read(
    _ path: String, for readers: Readers
  ) throws(TLSConfigurationError) -> [UInt8] {
    let file = try open(path)
    if readers == .owner { try checkReaders(file.rawValue, path) }
    // Reserved at once: a key is not to be left behind in memory by growing.
    var octets = [UInt8](repeating: 0, count: maxByteCount + 1)
    defer { octets.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    var count = 0
    while count < octets.count {
      let got = octets.withUnsafeMutableBytes { room in
        retryingInterrupted {
          Glibc.read(file.rawValue, room.baseAddress! + count, room.count - count)
        }
      }
      guard got >= 0 else { throw TLSConfigurationError(path, String(cString: strerror(errno))) }
      if got == 0 { return [UInt8](octets[..<count]) }
      count += got
    }
    throw TLSConfigurationError(path, "longer than \(maxByteCount) octets")
  }

  private static func open(_ path: String) throws(TLSConfigurationError) -> FileDescriptor {
    do throws(SystemError) {
      return try .open(path, flags: O_RDONLY, target: path)
    } catch {
      throw TLSConfigurationError(path, String(cString: strerror(error.code)))
    }
  }

  private static func checkReaders(_ file: Int32, _ path: String) throws(TLSConfigurationError) {
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw TLSConfigurationError(path, String(cString: strerror(errno)))
    }
    // A pipe or a terminal has no readers but us.
    guard status.st_mode & S_IFMT == S_IFREG else { return }
    let allowed: mode_t = status.st_uid == 0 ? 0o740 : 0o700
    let mode = status.st_mode & 0o777
    guard mode & ~allowed == 0 else {
      throw TLSConfigurationError(
        path, "others than its owner can read or change it (mode \(String(mode, radix: 8)))")
    }
  }

  private static func withMemory<Result>(
    _ octets: [UInt8], _ body: (OpaquePointer) throws(TLSConfigurationError) -> Result
  ) throws(TLSConfigurationError) -> Result {
    LibCrypto.start
    OpenSSLErrors.clear()
    guard let copy = BIO_new(BIO_s_mem()) else { throw TLSConfigurationError("out of memory") }
    defer { BIO_free(copy) }
    // A copy inside libcrypto, which wipes it when it frees it.
    octets.withUnsafeBytes { _ = BIO_write(copy, $0.baseAddress, Int32($0.count)) }
    return try body(copy)
  }

  /// Gives no password, and notes in `argument` that one was wanted.
  private static func noPassword(
    _ room: UnsafeMutablePointer<CChar>?, _ byteCount: Int32, _ use: Int32,
    _ argument: UnsafeMutableRawPointer?
  ) -> Int32 {
    argument?.storeBytes(of: true, as: Bool.self)
    return -1
  }
}
