// TLS on one socket: a handshake, records in, records out, close_notify. Nothing here waits longer
// than one recv(2) with the socket's own time-out (Connection sets it): where more is needed, it
// says for what, and Connection waits.
//
// libssl reads and writes through a BIO of ours, so that no write raises SIGPIPE, errno is known,
// and only the first recv(2) of a call waits: a peer that sends an octet now and then cannot keep
// us inside libssl.

internal import COpenSSL
internal import Glibc
internal import MailProtocols

/// One side of one TLS connection; used by one thread.
final class TLSSession {
  /// How far a call came.
  enum Progress {
    /// It is done, with so many octets.
    case done(Int)
    /// The socket must first be ready for this event of poll(2).
    case waits(for: Int32)
    /// Something else than data was dealt with; to be called again.
    case again
    /// The peer has sent close_notify: there is no more to read.
    case closed
  }

  let ssl: OpaquePointer
  private let descriptor: Int32
  private let role: TLSRole
  /// What the BIO was asked to do, and how that went.
  private var receiveFlags = Int32(MSG_DONTWAIT)
  private var isBlocked = false
  private var isAtEnd = false
  private var failure: SystemError?
  private var received: ArraySlice<UInt8>
  /// The first octets of the peer's, until they are known to be TLS.
  private var firstOctets: [UInt8]? = []
  private var distrust: String?
  /// Whether the next write must start with the octets of the last one.
  private(set) var hasUnfinishedWrite = false
  private var breakage: ConnectionError?
  private var isEnded = false

  /// - Parameter received: octets of the peer's that were read from the socket already.
  init(_ role: TLSRole, descriptor: Int32, received: [UInt8]) throws(ConnectionError) {
    OpenSSLErrors.clear()
    let made =
      switch role {
      case .server(let context): context.makeConnection()
      case .client(let context, let host): context.makeConnection(to: host)
      }
    guard let made else { throw .tlsFailed(OpenSSLErrors.takeReason()) }
    guard let bio = BIO_new(Self.method) else {
      SSL_free(made)
      throw .tlsFailed(OpenSSLErrors.takeReason())
    }
    ssl = made
    self.role = role
    self.descriptor = descriptor
    self.received = received[...]
    let owner = Unmanaged.passUnretained(self).toOpaque()
    BIO_set_data(bio, owner)
    BIO_set_init(bio, 1)
    SSL_set_bio(ssl, bio, bio)
    SSL_set_ex_data(ssl, 0, owner)
  }

  deinit {
    endOutput()
    SSL_free(ssl)
    OpenSSLErrors.clear()
  }

  /// Whom the client means to reach; nil on a server.
  var host: TLSHost? {
    switch role {
    case .server: nil
    case .client(_, let host): host
    }
  }

  /// Keeps the first reason not to believe the peer.
  func distrust(_ reason: String) {
    if distrust == nil { distrust = reason }
  }

  // MARK: - Calls

  /// Carries the handshake on. `flags` are those of the first recv(2).
  func handshake(flags: Int32) throws(ConnectionError) -> Progress {
    let result = call(flags) { SSL_do_handshake(ssl) }
    guard result == 1 else { return try progress(after: result) }
    firstOctets = nil
    try checkPins()
    try checkStaple()
    return .done(0)
  }

  /// Reads what one record holds, or less. `flags` are those of the first recv(2).
  func read(
    into room: UnsafeMutableRawBufferPointer, flags: Int32
  ) throws(ConnectionError) -> Progress {
    try checkUse()
    var count = 0
    let result = call(flags) { SSL_read_ex(ssl, room.baseAddress, room.count, &count) }
    return result == 1 ? .done(count) : try progress(after: result)
  }

  /// Writes some of the octets. When it has to wait, the next call must start with the same ones.
  func write(_ octets: Span<UInt8>) throws(ConnectionError) -> Progress {
    try checkUse()
    var count = 0
    let result = octets.withUnsafeBytes { octets in
      call(Self.withoutWaiting) { SSL_write_ex(ssl, octets.baseAddress, octets.count, &count) }
    }
    hasUnfinishedWrite = result != 1
    return result == 1 ? .done(count) : try progress(after: result)
  }

  /// Says close_notify; reading goes on. False when the socket must first take more: to be called
  /// again. After a failure there is nothing to say.
  @discardableResult
  func endOutput() -> Bool {
    guard breakage == nil, !isEnded, !hasUnfinishedWrite, SSL_is_init_finished(ssl) == 1 else {
      return true
    }
    let result = call(Self.withoutWaiting) { SSL_shutdown(ssl) }
    isEnded = result >= 0 || SSL_get_error(ssl, result) != SSL_ERROR_WANT_WRITE
    OpenSSLErrors.clear()
    return isEnded
  }

  /// Has nothing said at the end: the connection will be reset.
  func abandon() { isEnded = true }

  private static let withoutWaiting = Int32(MSG_DONTWAIT)

  private func checkUse() throws(ConnectionError) {
    if let breakage { throw breakage }
  }

  private func call(_ flags: Int32, _ body: () -> Int32) -> Int32 {
    OpenSSLErrors.clear()
    receiveFlags = flags
    isBlocked = false
    return body()
  }

  private func progress(after result: Int32) throws(ConnectionError) -> Progress {
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ: return isBlocked ? .waits(for: POLLIN) : .again
    case SSL_ERROR_WANT_WRITE: return .waits(for: POLLOUT)
    case SSL_ERROR_ZERO_RETURN: return .closed
    default:
      throw broken(cause(OpenSSLErrors.take()))
    }
  }

  // MARK: - Causes

  /// The first cause is that of all calls to come.
  private func broken(_ cause: ConnectionError) -> ConnectionError {
    breakage = breakage ?? cause
    return cause
  }

  private func cause(_ code: UInt) -> ConnectionError {
    if let firstOctets, let text = Self.plainText(firstOctets) {
      return .tlsFailed("the peer does not speak TLS; it sent: \(text)")
    }
    // After an end libssl still tries to send an alert: what comes of that says nothing.
    if isAtEnd { return firstOctets == nil ? .truncated : .closedInHandshake }
    if let failure { return .broken(failure) }
    let reason = ERR_GET_REASON(code)
    if reason == SSL_R_CERTIFICATE_VERIFY_FAILED {
      return .untrusted(distrust ?? "its certificate cannot be verified")
    }
    if reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE {
      return .untrusted("it shows no certificate")
    }
    return .tlsFailed(TLSFailure.reason(code))
  }

  /// What came in place of a handshake or alert record, made safe to print; nil for TLS.
  private static func plainText(_ octets: [UInt8]) -> String? {
    guard let first = octets.first, first != 0x16, first != 0x15 else { return nil }
    let line = octets.prefix { $0 != .carriageReturn && $0 != .lineFeed }
    return "\"\(EscapedText.text([UInt8](line).span, for: .terminal))\""
  }

  /// Octets of such text that are shown.
  private static let maxFirstOctetCount = 64

  private func checkPins() throws(ConnectionError) {
    guard case .client(let context, _) = role, !context.pins.isEmpty else { return }
    let pin = peerCertificate.map(TLSPin.init(of:))
    if let pin, context.pins.contains(pin) { return }
    throw broken(.untrusted("its key is none of the pinned ones (\(pin?.description ?? "no key"))"))
  }

  private func checkStaple() throws(ConnectionError) {
    guard case .client(let context, _) = role, context.judgesStaples else { return }
    let chain = verifiedChain
    guard let leaf = chain.first else { return }
    let verdict =
      staple.map {
        OCSPStaple.verdict($0, of: chain, store: context.store, at: WallClock.now)
      } ?? .silent("it staples no OCSP response")
    guard let reason = verdict.reasonAgainst(demandsStaple: leaf.demandsStaple) else { return }
    throw broken(.untrusted(reason))
  }

  /// The OCSP response that the server stapled, in DER, as it came.
  var staple: [UInt8]? {
    guard SSL_is_server(ssl) == 0 else { return nil }
    var start: UnsafePointer<UInt8>?
    let count = postroom_ssl_get_staple(ssl, &start)
    guard let start, count > 0 else { return nil }
    return [UInt8](UnsafeBufferPointer(start: start, count: count))
  }

  /// The server's certificate up to what is trusted; empty where nothing was verified.
  private var verifiedChain: [Certificate] {
    guard let stack = SSL_get0_verified_chain(ssl) else { return [] }
    return (0..<OPENSSL_sk_num(stack)).compactMap {
      OPENSSL_sk_value(stack, $0).map { Certificate(sharing: OpaquePointer($0)) }
    }
  }

  /// The peer's own certificate, if it showed one.
  var peerCertificate: Certificate? {
    SSL_get1_peer_certificate(ssl).map(Certificate.init(owning:))
  }

  // MARK: - The socket

  // Made once, and never changed.
  private nonisolated(unsafe) static let method: OpaquePointer? = {
    let kind = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
    let method = BIO_meth_new(kind, "postroom socket")
    BIO_meth_set_read(method) { bio, room, count in session(of: bio).receive(bio, room, count) }
    BIO_meth_set_write(method) { bio, octets, count in session(of: bio).send(bio, octets, count) }
    BIO_meth_set_ctrl(method) { bio, command, _, _ in session(of: bio).control(command) }
    return method
  }()

  private static let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY

  private static func session(of bio: OpaquePointer?) -> TLSSession {
    Unmanaged<TLSSession>.fromOpaque(BIO_get_data(bio)).takeUnretainedValue()
  }

  private func receive(
    _ bio: OpaquePointer?, _ room: UnsafeMutablePointer<CChar>?, _ maxCount: Int32
  ) -> Int32 {
    BIO_clear_flags(bio, Self.retryFlags)
    let count =
      received.isEmpty
      ? recv(descriptor, room, Int(maxCount), receiveFlags) : takeReceived(room, Int(maxCount))
    receiveFlags = Self.withoutWaiting
    if count > 0 {
      keepFirst(UnsafeRawBufferPointer(start: room, count: count))
    } else if count == 0 {
      isAtEnd = true
    } else if errno == EAGAIN || errno == EINTR {
      isBlocked = true
      BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
    } else {
      failure = SystemError("recv")
    }
    return Int32(count)
  }

  private func takeReceived(_ room: UnsafeMutablePointer<CChar>?, _ maxCount: Int) -> Int {
    let octets = received.prefix(maxCount)
    UnsafeMutableRawBufferPointer(start: room, count: maxCount).copyBytes(from: octets)
    received = received.dropFirst(octets.count)
    if received.isEmpty { received = [] }
    return octets.count
  }

  private func keepFirst(_ octets: UnsafeRawBufferPointer) {
    guard let known = firstOctets?.count, known < Self.maxFirstOctetCount else { return }
    firstOctets?.append(contentsOf: octets.prefix(Self.maxFirstOctetCount - known))
  }

  private func send(
    _ bio: OpaquePointer?, _ octets: UnsafePointer<CChar>?, _ count: Int32
  ) -> Int32 {
    BIO_clear_flags(bio, Self.retryFlags)
    let sent = retryingInterrupted {
      Glibc.send(descriptor, octets, Int(count), Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
    if sent < 0 {
      if errno == EAGAIN {
        BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
      } else {
        failure = SystemError("send")
      }
    }
    return Int32(sent)
  }

  private func control(_ command: Int32) -> Int {
    switch command {
    case BIO_CTRL_FLUSH: 1
    case BIO_CTRL_EOF: isAtEnd ? 1 : 0
    default: 0
    }
  }
}
