// SHA-256 of what streams by (FIPS 180-4), by libcrypto.

internal import COpenSSL

/// A SHA-256 computation that can be used for message after message; by one thread.
package final class Digest {
  /// The length of a digest in octets.
  package static let octetCount = 32

  // Looked up once: OpenSSL 3 searches its providers, under a lock, each time it is asked.
  private nonisolated(unsafe) static let algorithm = {
    LibCrypto.start
    return EVP_MD_fetch(nil, "SHA256", nil)
  }()

  private let context: OpaquePointer

  /// A digest of nothing so far.
  package init() {
    guard Self.algorithm != nil, let context = EVP_MD_CTX_new() else {
      fatalError("libcrypto has no SHA-256")
    }
    self.context = context
    start()
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes the next octets.
  package func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// As `update(_:)` for a span.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(status == 1, "EVP_DigestUpdate failed")
  }

  /// The digest of all since the start or the last `finish`; the next message may follow.
  package func finish() -> [UInt8] {
    let digest = [UInt8](unsafeUninitializedCapacity: Self.octetCount) { buffer, count in
      let status = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
      precondition(status == 1, "EVP_DigestFinal_ex failed")
      count = Self.octetCount
    }
    start()
    return digest
  }

  private func start() {
    let status = EVP_DigestInit_ex2(context, Self.algorithm, nil)
    precondition(status == 1, "EVP_DigestInit_ex2 failed")
  }
}
