// Where smtp-sink listens, and how it tells: --port-file, --ready-fd, systemd.

internal import Glibc
internal import MailIO
internal import ToolSupport

enum SinkListeners {
  /// Where to listen when nothing else is said.
  static let defaultAddress = ListenAddress.inet(host: "127.0.0.1", port: 2525)

  /// What sessions come from.
  struct Sources {
    var listeners: [Listener] = []
    /// Connections that were handed over as such, by inetd or systemd (`Accept=yes`).
    var connections: [AcceptedSocket] = []
  }

  /// Opens the addresses of the command line, or those that systemd handed over, or the default.
  static func open(_ settings: SinkSettings) throws(ToolFailure) -> Sources {
    var addresses = settings.addresses
    if addresses.isEmpty {
      do throws(SystemError) {
        addresses = try ListenDescriptors.takeOver().map { .descriptor($0.rawValue) }
      } catch {
        throw ToolFailure(.configuration, error)
      }
    }
    if addresses.isEmpty { addresses = [defaultAddress] }
    var sources = Sources()
    for address in addresses {
      if case .descriptor(let number) = address, let connection = try connection(number) {
        sources.connections.append(connection)
        continue
      }
      do throws(Listener.Failure) {
        sources.listeners += try Listener.open(
          address, backlog: settings.backlog, families: settings.families)
      } catch {
        throw ToolFailure(error)
      }
    }
    if sources.listeners.isEmpty && !settings.command.isEmpty {
      throw ToolFailure(.usage, "a COMMAND needs an address to send to")
    }
    return sources
  }

  private static func connection(_ descriptor: Int32) throws(ToolFailure) -> AcceptedSocket? {
    do throws(SystemError) {
      return try InheritedSocket.connection(behind: descriptor)
    } catch {
      throw ToolFailure(.cannotCreate, error)
    }
  }

  /// Descriptors that options name must have come from whoever started us. To be called before
  /// anything is opened: later such a number may be one of our own.
  static func checkDescriptors(_ settings: SinkSettings) throws(ToolFailure) {
    do throws(SystemError) {
      for target in [settings.eventsTarget, settings.traceTarget] {
        if let target { try RecordOutput.descriptor(target) }
      }
      if let number = settings.readyDescriptor, fcntl(number, F_GETFD) < 0 {
        throw SystemError("--ready-fd", "\(number)")
      }
      for case .descriptor(let number) in settings.addresses where fcntl(number, F_GETFD) < 0 {
        throw SystemError("listen", "fd:\(number)")
      }
    } catch {
      throw ToolFailure(.cannotCreate, error)
    }
  }

  /// Tells whoever waits that connections are taken now.
  static func announce(
    _ listeners: [Listener], _ settings: SinkSettings
  ) throws(ToolFailure) {
    let text = listeners.map { "\($0.address.text)\n" }.joined()
    do throws(SystemError) {
      if let path = settings.portFile { try write(text, toFile: path) }
      if let descriptor = settings.readyDescriptor {
        try writeAll(text, to: descriptor, "--ready-fd \(descriptor)")
        StandardStreams.close(descriptor)
      }
      let socketName = getenv("NOTIFY_SOCKET").map { String(cString: $0) }
      try ServiceNotification(socketName: socketName)?.send("READY=1")
    } catch {
      throw ToolFailure(.cannotCreate, error)
    }
  }

  /// A file that appears whole: whoever sees it can read all of it. What is there and no file (a
  /// named pipe, a link such as /dev/stderr) is not replaced, but written to.
  private static func write(_ text: String, toFile path: String) throws(SystemError) {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let descriptor = Glibc.open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
      guard descriptor >= 0 else { throw SystemError("open", path) }
      defer { close(descriptor) }
      return try writeAll(text, to: descriptor, path)
    }
    let temporary = "\(path).\(getpid())"
    let descriptor = Glibc.open(
      temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw SystemError("open", temporary) }
    defer { close(descriptor) }
    do throws(SystemError) {
      try writeAll(text, to: descriptor, temporary)
      guard rename(temporary, path) == 0 else { throw SystemError("rename", path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func writeAll(
    _ text: String, to descriptor: Int32, _ name: String
  ) throws(SystemError) {
    let output = RecordOutput(descriptor: descriptor, name: name)
    output.write([UInt8](text.utf8))
    if let failure = output.failure { throw failure }
  }
}

extension ToolFailure {
  init(_ failure: Listener.Failure) {
    switch failure {
    case .system(let error):
      self.init(.cannotCreate, error)
    case .unknownHost(let host, let reason):
      self.init(.noHost, "\(host): \(reason)")
    case .notListening(let descriptor):
      self.init(.cannotCreate, "fd:\(descriptor): not a socket that listens")
    case .pathTooLong(let path):
      self.init(.cannotCreate, "unix:\(path): longer than a socket's name can be")
    }
  }
}
