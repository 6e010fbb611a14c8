// The address of a socket's end: IPv4, IPv6 or a unix path, as the kernel holds it and as people
// read it.

internal import Glibc

/// An address of the kernel's.
package struct SocketAddress: Sendable {
  private var storage = sockaddr_storage()
  private var length: socklen_t

  /// Has `fill` write an address of at most the given length, as accept(2) and getsockname(2) do.
  init(_ fill: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Void) {
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var written = length
    withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &written) }
    }
    length = min(written, length)
  }

  /// A copy of what getaddrinfo(3) found.
  init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
    self.length = length
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
    }
  }

  /// A unix path; nil when it does not fit into the kernel's 107 octets.
  init?(unixPath path: String) {
    var address = sockaddr_un()
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard path.utf8.count < room.count else { return false }
      room.copyBytes(from: path.utf8)
      return true
    }
    guard fits else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    length = socklen_t(MemoryLayout<sockaddr_un>.size)
    withUnsafeMutableBytes(of: &storage) { room in
      withUnsafeBytes(of: &address) { room.copyMemory(from: $0) }
    }
  }

  /// Hands the address to a system call.
  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// The IPv4 address that an address like `::ffff:192.0.2.1` stands for (RFC 4291 2.5.5.2), which
  /// is what a socket for both families calls its IPv4 peers; any other as it is.
  var unmapped: SocketAddress {
    guard family == AF_INET6 else { return self }
    var plain = sockaddr_in()
    plain.sin_family = sa_family_t(AF_INET)
    plain.sin_port = (port ?? 0).bigEndian
    let isMapped = withUnsafeBytes(of: storage) { bytes in
      let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 8
      let address = bytes[offset..<offset + 16]
      plain.sin_addr.s_addr = bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)
      return address.prefix(10).allSatisfy { $0 == 0 }
        && address.dropFirst(10).prefix(2).allSatisfy { $0 == 0xFF }
    }
    guard isMapped else { return self }
    return withUnsafePointer(to: plain) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        SocketAddress(copying: $0, length: socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  var family: Int32 { Int32(storage.ss_family) }

  /// Whether it is on this machine for sure: 127.0.0.0/8, ::1, or a unix socket.
  package var isLocal: Bool {
    let address = unmapped
    switch address.family {
    case AF_INET: return address.host.hasPrefix("127.")
    case AF_INET6: return address.host == "::1"
    case AF_UNIX: return true
    default: return false
    }
  }

  /// The address alone: `127.0.0.1`, `::1`, or the path of a unix socket (empty when unnamed).
  package var host: String {
    switch family {
    case AF_INET, AF_INET6:
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let status = withPointer { address, length in
        getnameinfo(
          address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      }
      guard status == 0 else { return "" }
      let end = text.firstIndex(of: 0) ?? text.count
      return String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    case AF_UNIX:
      let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
      return withUnsafeBytes(of: storage) { bytes in
        let path = bytes[min(offset, Int(length))..<Int(length)]
        return String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
      }
    default:
      return ""
    }
  }

  /// The port of an internet address; nil for others.
  package var port: UInt16? {
    get {
      switch family {
      case AF_INET, AF_INET6:
        // sin_port and sin6_port stand at the same place.
        withUnsafeBytes(of: storage) {
          UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        }
      default: nil
      }
    }
    set {
      guard family == AF_INET || family == AF_INET6, let newValue else { return }
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: newValue.bigEndian, toByteOffset: 2, as: UInt16.self)
      }
    }
  }

  /// `127.0.0.1:2525`, `[::1]:2525` or `unix:/run/sink`.
  package var text: String {
    guard let port else { return "unix:\(host)" }
    return family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
