import Glibc
import TestSupport
import Testing

@testable import MailIO

@Suite("Service notification")
struct ServiceNotificationTests {
  let scratch = ScratchDirectory()

  @Test("the datagram reaches a socket with a path, and one with an abstract name")
  func delivered() throws {
    let number = UInt64.random(in: .min ... .max)
    for name in [scratch["notify"], "@postroom-test-\(number)"] {
      let receiver = try bound(name)
      try #require(try ServiceNotification(socketName: name)).send("READY=1\nSTATUS=é")
      var buffer = [UInt8](repeating: 0, count: 100)
      let count = recv(receiver.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      #expect(buffer.prefix(max(0, count)).elementsEqual("READY=1\nSTATUS=é".utf8))
    }
  }

  @Test("without a name there is nobody to tell", arguments: [nil, ""])
  func nobody(name: String?) throws {
    #expect(try ServiceNotification(socketName: name) == nil)
  }

  @Test("names that are none are refused", arguments: ["notify", "vsock:2:1234", "/", "@"])
  func refused(name: String) {
    #expect(throws: SystemError("NOTIFY_SOCKET", name, code: EINVAL)) {
      try ServiceNotification(socketName: name)
    }
  }

  @Test("a name may be as long as the system takes it, and no longer")
  func limit() throws {
    let limit = ServiceNotification.maxNameOctetCount
    let name = "@" + String(repeating: "n", count: limit - 1)
    let receiver = try bound(name)
    try #require(try ServiceNotification(socketName: name)).send("X=1")
    var octet: UInt8 = 0
    #expect(recv(receiver.rawValue, &octet, 1, Int32(MSG_DONTWAIT)) == 1)
    #expect(throws: SystemError("NOTIFY_SOCKET", name + "n", code: ENAMETOOLONG)) {
      try ServiceNotification(socketName: name + "n")
    }
  }

  @Test("a socket that is not there is an error with its name")
  func notThere() throws {
    let name = scratch["none"]
    let notification = try #require(try ServiceNotification(socketName: name))
    #expect(throws: SystemError("sendto", name, code: ENOENT)) { try notification.send("X=1") }
  }

  private func bound(_ name: String) throws -> FileDescriptor {
    let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    let descriptor = FileDescriptor(owning: number)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) {
      $0.copyBytes(from: name.utf8)
      if name.hasPrefix("@") { $0[0] = 0 }
    }
    let length = socklen_t(2 + name.utf8.count + (name.hasPrefix("@") ? 0 : 1))
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
    }
    try #require(status == 0)
    return descriptor
  }
}
