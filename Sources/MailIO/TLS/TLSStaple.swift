// An OCSP response from a file, stapled to our certificate (RFC 6066 8) as long as it is current.
// The file is read again when it changes. Whether the response is any good is for whoever keeps the
// file to know: here it is parsed for its times alone.

internal import COpenSSL
internal import Glibc
internal import MailProtocols

/// A staple file; shared by threads.
final class TLSStaple: Sendable {
  /// The largest file that is read.
  static let maxByteCount = 64 << 10

  private struct Content {
    var octets: [UInt8]
    /// When the first of its answers is out of date; nil when none says.
    var nextUpdate: MailDate?
    var stamp: Stamp
  }

  /// What tells one state of the file from another.
  private struct Stamp: Equatable {
    var device: dev_t
    var inode: ino_t
    var byteCount: Int
    var seconds: Int
    var nanoseconds: Int
  }

  private let path: String
  private let content: Guarded<Content>

  /// Reads the file; throws when there is none, or no successful response in it.
  init(_ path: String) throws(TLSConfigurationError) {
    self.path = path
    content = Guarded(try Self.load(path))
  }

  /// The response to send now; nil when it is stale.
  func current(at now: MailDate) -> [UInt8]? {
    let stamp = Self.stamp(path)
    return content.withLock { content in
      // A file that is gone or garbled leaves what was there: it is dropped when it is stale.
      if let stamp, stamp != content.stamp {
        do throws(TLSConfigurationError) {
          content = try Self.load(path)
        } catch {
          content.stamp = stamp
        }
      }
      return Self.isStale(content, at: now) ? nil : content.octets
    }
  }

  /// Why it is not sent now, if it is not.
  func reasonAgainst(now: MailDate) -> String? {
    content.withLock { content in
      guard Self.isStale(content, at: now), let end = content.nextUpdate else { return nil }
      return "the staple is stale since \(end.rfc3339)"
    }
  }

  private static func isStale(_ content: Content, at now: MailDate) -> Bool {
    content.nextUpdate.map { $0.seconds <= now.seconds } ?? false
  }

  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Stamp(
      device: status.st_dev, inode: status.st_ino, byteCount: Int(status.st_size),
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  private static func load(_ path: String) throws(TLSConfigurationError) -> Content {
    // The stamp first: a change after it is seen next time.
    let stamp = stamp(path) ?? Stamp(device: 0, inode: 0, byteCount: 0, seconds: 0, nanoseconds: 0)
    let octets = try PEMFile.read(path, for: .anyone)
    guard octets.count <= maxByteCount else {
      throw TLSConfigurationError(path, "longer than \(maxByteCount) octets")
    }
    return Content(octets: octets, nextUpdate: try nextUpdate(octets, path), stamp: stamp)
  }

  /// The earliest nextUpdate of the answers in a successful response.
  private static func nextUpdate(
    _ octets: [UInt8], _ path: String
  ) throws(TLSConfigurationError) -> MailDate? {
    let (parsed, isWhole) = octets.withUnsafeBufferPointer { buffer in
      var position = buffer.baseAddress
      let response = d2i_OCSP_RESPONSE(nil, &position, buffer.count)
      return (response, position == buffer.baseAddress.map { $0 + buffer.count })
    }
    OpenSSLErrors.clear()
    defer { OCSP_RESPONSE_free(parsed) }
    guard let parsed, isWhole else { throw TLSConfigurationError(path, "no OCSP response in DER") }
    guard OCSP_response_status(parsed) == OCSP_RESPONSE_STATUS_SUCCESSFUL,
      let basic = OCSP_response_get1_basic(parsed)
    else { throw TLSConfigurationError(path, "an OCSP response without an answer") }
    defer { OCSP_BASICRESP_free(basic) }
    var earliest: MailDate?
    for index in 0..<OCSP_resp_count(basic) {
      var end: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
      _ = OCSP_single_get0_status(OCSP_resp_get0(basic, index), nil, nil, nil, &end)
      guard let end else { continue }
      let date = Certificate.date(end)
      if earliest.map({ date.seconds < $0.seconds }) ?? true { earliest = date }
    }
    return earliest
  }
}
