// One file on its way through a Maildir: made in tmp/, moved into new/, or taken away again.

internal import Glibc

/// A file of a Maildir that holds one message; removed unless it was delivered.
final class MaildirFile {
  /// Where the file is.
  enum Place {
    /// In tmp/, where no reader looks.
    case temporary
    /// In new/.
    case delivered
    /// Nowhere.
    case removed
  }

  let maildir: Maildir
  let descriptor: FileDescriptor
  private var name: [UInt8]
  private var place = Place.temporary

  init(maildir: Maildir, name: [UInt8], descriptor: consuming FileDescriptor) {
    self.maildir = maildir
    self.name = name
    self.descriptor = descriptor
  }

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
          "new", in: maildir.root.rawValue, flags: O_RDONLY | O_DIRECTORY,
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
    if place != .removed { unlinkat(maildir.root.rawValue, Self.path(place, name), 0) }
    place = .removed
  }

  private func moveIntoNew() throws(SystemError) {
    let root = maildir.root.rawValue
    let oldPath = Self.path(.temporary, name)
    var attempt = 1
    while true {
      do throws(SystemError) {
        try renameWithoutReplacing(
          oldPath, in: root, to: Self.path(.delivered, name), in: root,
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

  /// `tmp/NAME` or `new/NAME`, ended by NUL.
  static func path(_ place: Place, _ name: [UInt8]) -> [CChar] {
    let directory: StaticString =
      switch place {
      case .temporary, .removed: "tmp/"
      case .delivered: "new/"
      }
    return [CChar](unsafeUninitializedCapacity: 4 + name.count + 1) { buffer, count in
      for index in 0..<4 { buffer[index] = CChar(bitPattern: directory.utf8Start[index]) }
      for index in name.indices { buffer[4 + index] = CChar(bitPattern: name[index]) }
      buffer[4 + name.count] = 0
      count = 4 + name.count + 1
    }
  }
}
