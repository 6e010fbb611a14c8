// A certificate for a server that has none: made at start, with an authority of its own whose key
// is forgotten at once. Who is given the authority's certificate can verify the server; the
// authority can sign nothing else. (A certificate that is its own authority is refused by some
// verifiers, rustls for one.)

internal import COpenSSL
internal import Glibc
package import MailProtocols

/// Makes identities.
package enum SelfSignedIdentity {
  /// How long they are good for.
  package static let dayCount = 825

  /// Makes one for `host`, localhost, 127.0.0.1 and ::1, with keys on the curve P-256. A host that
  /// is neither a name nor an address is left out.
  /// - Returns: the identity, whose chain is the authority alone.
  package static func make(
    host: String, now: MailDate = WallClock.now
  ) throws(TLSConfigurationError) -> TLSIdentity {
    var names = ["DNS:localhost"]
    var addresses = ["IP:127.0.0.1", "IP:::1"]
    let commonName: String
    switch TLSHost(host) {
    case .name(let name):
      if name != "localhost" { names.insert("DNS:\(name)", at: 0) }
      commonName = name
    case .address(let address):
      if !addresses.contains("IP:\(address)") { addresses.insert("IP:\(address)", at: 0) }
      commonName = address
    case nil: commonName = "localhost"
    }
    let authorityKey = try PrivateKey.generate()
    // Authorities of several starts may stand in one file: their names tell them apart.
    let authority = try Template(
      name: "Postroom \(UInt32.random(in: .min ... .max))", key: authorityKey,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"), (NID_subject_key_identifier, "hash"),
      ]
    ).certificate(issuer: nil, signer: authorityKey, now: now)
    let key = try PrivateKey.generate()
    let certificate = try Template(
      // A common name has 64 characters at most (RFC 5280 appendix A).
      name: String(commonName.prefix(64)), key: key,
      extensions: [
        (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature"), (NID_ext_key_usage, "serverAuth"),
        (NID_subject_alt_name, (names + addresses).joined(separator: ",")),
        (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always"),
      ]
    ).certificate(issuer: authority, signer: authorityKey, now: now)
    return TLSIdentity(certificate: certificate, chain: [authority], key: key)
  }

  /// What a certificate is to say.
  private struct Template {
    let name: String
    let key: PrivateKey
    let extensions: [(identifier: Int32, value: String)]

    func certificate(
      issuer: Certificate?, signer: PrivateKey, now: MailDate
    ) throws(TLSConfigurationError) -> Certificate {
      OpenSSLErrors.clear()
      guard let pointer = X509_new() else { throw failure }
      let certificate = Certificate(owning: pointer)
      // X.509 version 3; 63 random bits of serial number (CA/Browser BR 7.1).
      X509_set_version(pointer, 2)
      ASN1_INTEGER_set_uint64(
        X509_get_serialNumber(pointer), UInt64.random(in: 1...UInt64(Int64.max)))
      // Clocks of clients may be slow.
      var start = now.seconds - 3600
      ASN1_TIME_set(X509_getm_notBefore(pointer), start)
      start += dayCount * 86_400
      ASN1_TIME_set(X509_getm_notAfter(pointer), start)
      let subject = X509_get_subject_name(pointer)
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0)
      let issuer = issuer?.pointer ?? pointer
      X509_set_issuer_name(pointer, X509_get_subject_name(issuer))
      guard X509_set_pubkey(pointer, key.pointer) == 1 else { throw failure }
      for (identifier, value) in extensions
      where postroom_x509_add_extension(pointer, issuer, identifier, value) != 1 {
        throw failure
      }
      guard X509_sign(pointer, signer.pointer, EVP_sha256()) > 0 else { throw failure }
      return certificate
    }

    private var failure: TLSConfigurationError {
      TLSConfigurationError("no certificate can be made: \(OpenSSLErrors.takeReason())")
    }
  }
}

extension TLSIdentity {
  /// Writes the topmost certificate to a PEM file, for those who are to trust it. The file is there
  /// whole or not at all, and replaces what was there.
  package func writeAuthority(to path: String) throws(TLSConfigurationError) {
    let authority = chain.last ?? certificate
    let failed = { TLSConfigurationError(path, String(cString: strerror(errno))) }
    guard let output = BIO_new(BIO_s_mem()) else { throw failed() }
    defer { BIO_free(output) }
    PEM_write_bio_X509(output, authority.pointer)
    var start: UnsafeMutablePointer<CChar>?
    let count = postroom_bio_get_memory(output, &start)
    let octets = UnsafeRawBufferPointer(start: start, count: count)

    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      // A pipe or a device is written to, not replaced.
      try Self.write(octets, to: path, O_WRONLY, named: path)
      return
    }
    let newPath = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    do throws(TLSConfigurationError) {
      try Self.write(octets, to: newPath, O_WRONLY | O_CREAT | O_EXCL, named: path)
    } catch {
      unlink(newPath)
      throw error
    }
    guard rename(newPath, path) == 0 else {
      let failure = failed()
      unlink(newPath)
      throw failure
    }
  }

  private static func write(
    _ octets: UnsafeRawBufferPointer, to path: String, _ flags: Int32, named name: String
  ) throws(TLSConfigurationError) {
    do throws(SystemError) {
      let file = try FileDescriptor.open(path, flags: flags, mode: 0o644, target: name)
      try file.writeAll(octets, target: name)
      try file.close(name)
    } catch {
      throw TLSConfigurationError(name, String(cString: strerror(error.code)))
    }
  }
}
