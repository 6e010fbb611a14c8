// One name on its way through a Maildir: made in tmp/, moved into new/, or taken away again.

internal import Glibc

/// The name of a file that holds one message; removed unless it was delivered.
final class MaildirEntry {
  /// Where the file is.
  enum Place {
    /// Nowhere yet.
    case named
    /// In tmp/, where no reader looks.
    case temporary
    /// In new/.
    case delivered
    /// Nowhere.
    case removed
  }

  let maildir: Maildir
  private var name: [UInt8]
  private var place = Place.named

  /// A name for tmp/ under which there is nothing yet.
  init(maildir: Maildir, name: [UInt8]) {
    self.maildir = maildir
    self.name = name
  }

  /// The file is there now, in tmp/.
  func isMade() { place = .temporary }

  deinit {
    if place == .temporary { remove() }
  }

  /// The path below the Maildir as the user named it.
  var path: String {
    let directory = place == .delivered ? "new" : "tmp"
    return "\(maildir.path)/\(directory)/\(String(decoding: name, as: UTF8.self))"
  }

  /// Moves the file from tmp/ into new/, replacing nothing; on failure it is in neither.
  func deliver(_ durability: DurabilityLevel) throws(SystemError) {
    precondition(place == .temporary, "delivered twice")
    do throws(SystemError) {
      switch durability {
      case .none, .file: try moveIntoNew()
      case .full:
        // Opened before the move, so that a new/ that cannot be opened fails while nothing shows.
        let directory = try FileDescriptor.open(
          localPath(of: "new"), in: maildir.root.rawValue, flags: O_RDONLY | O_DIRECTORY,
          target: "\(maildir.path)/new")
        try moveIntoNew()
        try directory.synchronize("\(maildir.path)/new")
      }
    } catch {
      remove()
      throw error
    }
  }

  /// Removes the file from where it is; from new/ too unless a reader has moved it on.
  func remove() {
    switch place {
    case .temporary, .delivered: unlinkat(maildir.root.rawValue, localPath, 0)
    case .named, .removed: break
    }
    place = .removed
  }

  private func moveIntoNew() throws(SystemError) {
    let root = maildir.root.rawValue
    let oldPath = localPath
    var attempt = 1
    while true {
      do throws(SystemError) {
        try renameWithoutReplacing(
          oldPath, in: root, to: localPath(of: "new/", name), in: root,
          target: "\(maildir.path)/new/\(String(decoding: name, as: UTF8.self))")
        place = .delivered
        return
      } catch {
        // Another message has the name, which should not be: it gets another.
        guard error.code == EEXIST, attempt < Maildir.maxNameAttemptCount else {
          unlinkat(root, oldPath, 0)
          place = .removed
          throw error
        }
        attempt += 1
        name = maildir.names.name()
      }
    }
  }

  /// Where it is below the Maildir's root: `tmp/NAME` or `new/NAME`, ended by NUL.
  var localPath: [CChar] {
    localPath(of: place == .delivered ? "new/" : "tmp/", name)
  }

  private func localPath(of directory: StaticString, _ name: [UInt8] = []) -> [CChar] {
    let start = maildir.prefix.count
    let directoryCount = directory.utf8CodeUnitCount
    let total = start + directoryCount + name.count
    return [CChar](unsafeUninitializedCapacity: total + 1) { buffer, count in
      for index in 0..<start { buffer[index] = CChar(bitPattern: maildir.prefix[index]) }
      for index in 0..<directoryCount {
        buffer[start + index] = CChar(bitPattern: directory.utf8Start[index])
      }
      for index in name.indices {
        buffer[start + directoryCount + index] = CChar(bitPattern: name[index])
      }
      buffer[total] = 0
      count = total + 1
    }
  }
}
