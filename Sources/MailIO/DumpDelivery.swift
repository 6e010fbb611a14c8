// Each message into a dump file of its own, as Postfix's smtp-sink -d does; but the file has its
// name only once it is whole and as safe as asked. Until then it is hidden in the same directory,
// under a name that two writers cannot have at once.

internal import Glibc
package import MailProtocols

/// Stores each message as a dump file of its own.
package struct DumpDelivery: MessageStore {
  /// How often another number is tried when one is taken.
  static let maxNameAttemptCount = 100

  private let template: DumpTemplate
  private let style: DumpFraming.Style
  private let durability: DurabilityLevel
  private let number: @Sendable () -> UInt32

  /// Names the files by `template` and a random number from the system.
  package init(_ template: DumpTemplate, style: DumpFraming.Style, durability: DurabilityLevel) {
    self.init(template, style: style, durability: durability) { .random(in: .min ... .max) }
  }

  /// Names the files by `template` and what `number` gives; it is called from many threads.
  init(
    _ template: DumpTemplate, style: DumpFraming.Style, durability: DurabilityLevel,
    number: @escaping @Sendable () -> UInt32
  ) {
    self.template = template
    self.style = style
    self.durability = durability
    self.number = number
  }

  /// Writes the message (mode 0600) under a hidden name beside its own. Missing directories are
  /// made, and stay also when the message does not.
  package func prepare(
    _ spool: MessageSpool, stamp: MessageStamp
  ) throws(SystemError) -> any PreparedMessage {
    let prefix = try template.path(seconds: stamp.seconds)
    let (dump, id) = try reserve(prefix)
    var framing = DumpMessageFraming(style: style, id: id)
    try framing.write(
      spool, stamp, to: dump.descriptor, path: dump.hiddenPath, durability: durability)
    return dump
  }

  /// A number that no other file has: the number stands in the file, so it must be sure before the
  /// first octet is written. Who has made the hidden name, and then finds the other name free, has
  /// both: a rival makes the hidden name first too.
  private func reserve(
    _ prefix: String
  ) throws(SystemError) -> (PreparedDump, id: UInt32) {
    let directory = prefix.utf8.contains(UInt8(ascii: "/")) ? ParentDirectory.path(of: prefix) : ""
    let separator = directory.isEmpty || directory == "/" ? directory : "\(directory)/"
    var attempt = 1
    while true {
      let id = number()
      let text = DumpFraming.text(id: id)
      let path = prefix + text
      do throws(SystemError) {
        let hidden = "\(separator).smtp-sink.\(text)"
        let descriptor = try ParentDirectory.openMaking(
          hidden, flags: O_WRONLY | O_CREAT | O_EXCL, durability: durability)
        let dump = PreparedDump(path, hidden: hidden, descriptor, durability)
        var status = stat()
        guard lstat(path, &status) != 0 else { throw SystemError("open", path, code: EEXIST) }
        guard errno == ENOENT else { throw SystemError("open", path) }
        return (dump, id)
      } catch {
        guard error.code == EEXIST, attempt < Self.maxNameAttemptCount else { throw error }
        attempt += 1
      }
    }
  }
}

/// A dump file on its way to its name; removed unless it was committed.
private final class PreparedDump: PreparedMessage {
  private enum Place {
    case hidden
    case named
    case removed
  }

  let descriptor: FileDescriptor
  let hiddenPath: String
  private let finalPath: String
  private let durability: DurabilityLevel
  private var place = Place.hidden

  init(
    _ path: String, hidden: String, _ descriptor: consuming FileDescriptor,
    _ durability: DurabilityLevel
  ) {
    finalPath = path
    hiddenPath = hidden
    self.descriptor = descriptor
    self.durability = durability
  }

  deinit {
    if place == .hidden { rollback() }
  }

  var path: String? { place == .named ? finalPath : hiddenPath }

  func commit() throws(SystemError) -> String? {
    precondition(place == .hidden, "committed twice")
    do throws(SystemError) {
      try renameWithoutReplacing(
        hiddenPath, in: FileDescriptor.currentDirectory, to: finalPath,
        in: FileDescriptor.currentDirectory, target: finalPath)
      place = .named
      if durability == .full { try ParentDirectory.synchronize(of: finalPath) }
    } catch {
      rollback()
      throw error
    }
    return finalPath
  }

  /// Removes the file from where it is, after `commit` too.
  func rollback() {
    switch place {
    case .hidden: unlink(hiddenPath)
    case .named: unlink(finalPath)
    case .removed: break
    }
    place = .removed
  }
}
