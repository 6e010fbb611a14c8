// An X.509 certificate (RFC 5280) and what is asked of it. Parsing is libcrypto's.

internal import COpenSSL
internal import Glibc
package import MailProtocols

/// A certificate that does not change.
package final class Certificate: @unchecked Sendable {
  // libcrypto locks what it caches inside.
  let pointer: OpaquePointer

  /// Takes over a reference.
  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  /// Shares a certificate that belongs to someone else.
  init(sharing pointer: OpaquePointer) {
    X509_up_ref(pointer)
    self.pointer = pointer
  }

  deinit { X509_free(pointer) }

  /// Octets of a name that are shown; longer ones are cut.
  package static let maxNameByteCount = 1024

  /// The subject as RFC 4514 writes names. May be empty; may hold anything.
  package var subject: String { Self.text(X509_get_subject_name(pointer)) }

  /// The common name of the subject: nil when it has none, or more than one, or one that is no
  /// text or holds a NUL. Asked of the name itself: in `subject` another part may pretend to be it.
  package var commonName: String? {
    let name = X509_get_subject_name(pointer)
    let place = X509_NAME_get_index_by_NID(name, NID_commonName, -1)
    guard place >= 0, X509_NAME_get_index_by_NID(name, NID_commonName, place) < 0 else {
      return nil
    }
    let data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place))
    var octets: UnsafeMutablePointer<UInt8>?
    let count = ASN1_STRING_to_UTF8(&octets, data)
    guard count > 0, let octets else { return nil }
    defer { postroom_openssl_free(octets) }
    let text = UnsafeBufferPointer(start: octets, count: Int(count))
    return text.contains(0) ? nil : String(validating: text, as: UTF8.self)
  }

  /// The issuer as RFC 4514 writes names.
  package var issuer: String { Self.text(X509_get_issuer_name(pointer)) }

  /// The serial number in hexadecimal, upper case, with a minus when it is negative.
  package var serial: String {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(pointer), nil) else { return "" }
    defer { BN_free(number) }
    guard let text = BN_bn2hex(number) else { return "" }
    defer { postroom_openssl_free(text) }
    return String(cString: text)
  }

  /// Whether it says that it issued itself.
  package var isSelfIssued: Bool {
    X509_NAME_cmp(X509_get_subject_name(pointer), X509_get_issuer_name(pointer)) == 0
  }

  /// The certificate's octets in DER.
  package var der: [UInt8] {
    var octets = [UInt8](repeating: 0, count: Int(max(i2d_X509(pointer, nil), 0)))
    octets.withUnsafeMutableBufferPointer {
      var position = $0.baseAddress
      i2d_X509(pointer, &position)
    }
    return octets
  }

  /// SHA-256 over the DER octets: the fingerprint that events and people use.
  package var sha256: [UInt8] { digest(EVP_sha256()) ?? [] }

  /// SHA-256 over SubjectPublicKeyInfo: what a pin is about (RFC 7469 2.4).
  package var keySHA256: [UInt8] {
    guard let key = X509_get_X509_PUBKEY(pointer) else { return [] }
    var octets = [UInt8](repeating: 0, count: Int(max(i2d_X509_PUBKEY(key, nil), 0)))
    octets.withUnsafeMutableBufferPointer {
      var position = $0.baseAddress
      i2d_X509_PUBKEY(key, &position)
    }
    let digest = Digest()
    digest.update(octets.span)
    return digest.finish()
  }

  func digest(_ algorithm: OpaquePointer?) -> [UInt8]? {
    var octets = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_digest(pointer, algorithm, &octets, &count) == 1 else { return nil }
    return [UInt8](octets[..<Int(count)])
  }

  /// The first moment it is good for.
  package var notBefore: MailDate { Self.date(X509_get0_notBefore(pointer)) }

  /// The last moment it is good for.
  package var notAfter: MailDate { Self.date(X509_get0_notAfter(pointer)) }

  /// A DER time; 1970 when it is none.
  static func date(_ time: UnsafePointer<ASN1_TIME>?) -> MailDate {
    var civil = tm()
    guard let time, ASN1_TIME_to_tm(time, &civil) == 1 else { return MailDate(seconds: 0) }
    return MailDate(seconds: timegm(&civil))
  }

  /// Whether it wants its server to staple (TLS feature status_request, RFC 7633).
  package var demandsStaple: Bool {
    guard let features = X509_get_ext_d2i(pointer, NID_tlsfeature, nil, nil) else { return false }
    let stack = OpaquePointer(features)
    defer {
      OPENSSL_sk_pop_free(stack) {
        ASN1_INTEGER_free($0?.assumingMemoryBound(to: ASN1_INTEGER.self))
      }
    }
    return (0..<OPENSSL_sk_num(stack)).contains { index in
      let feature = OPENSSL_sk_value(stack, index)?.assumingMemoryBound(to: ASN1_INTEGER.self)
      return ASN1_INTEGER_get(feature) == Int(TLSEXT_TYPE_status_request)
    }
  }

  /// The hosts it is for, as its subjectAltName lists them: names in lower case, then addresses.
  package var hosts: (names: [String], addresses: [String]) {
    guard let extensions = X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else {
      return ([], [])
    }
    let stack = OpaquePointer(extensions)
    defer {
      OPENSSL_sk_pop_free(stack) {
        GENERAL_NAME_free($0?.assumingMemoryBound(to: GENERAL_NAME.self))
      }
    }
    var names: [String] = []
    var addresses: [String] = []
    for index in 0..<OPENSSL_sk_num(stack) {
      let name = OPENSSL_sk_value(stack, index)?.assumingMemoryBound(to: GENERAL_NAME.self)
      var kind: Int32 = 0
      guard let value = GENERAL_NAME_get0_value(name, &kind) else { continue }
      let string = value.assumingMemoryBound(to: ASN1_STRING.self)
      if kind == GEN_DNS {
        names.append(String(decoding: Self.octets(string), as: UTF8.self).lowercased())
      } else if kind == GEN_IPADD, let text = Self.addressText(Self.octets(string)) {
        addresses.append(text)
      }
    }
    return (names, addresses)
  }

  private static func octets(
    _ string: UnsafePointer<ASN1_STRING>
  ) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(
      start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
  }

  private static func addressText(_ octets: UnsafeBufferPointer<UInt8>) -> String? {
    guard octets.count == 4 || octets.count == 16 else { return nil }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = octets.count == 4 ? AF_INET : AF_INET6
    return inet_ntop(family, octets.baseAddress, &text, socklen_t(text.count)).map {
      String(cString: $0)
    }
  }

  private static func text(_ name: OpaquePointer?) -> String {
    guard let output = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(output) }
    postroom_x509_print_name(output, name)
    var start: UnsafeMutablePointer<CChar>?
    let count = postroom_bio_get_memory(output, &start)
    guard let start, count > 0 else { return "" }
    let octets = UnsafeRawBufferPointer(start: start, count: min(count, maxNameByteCount))
    return String(decoding: octets, as: UTF8.self)
  }
}
