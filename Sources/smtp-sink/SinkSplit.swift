// --split: which Maildirs below DIR a message goes into.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols

/// What a Maildir is made for.
enum SinkSplit: String, ExpressibleByArgument, CaseIterable, Sendable {
  case recipient
  case domain
  case sender
  case user

  /// The Maildirs of a message, none twice, and which of them each recipient has.
  struct Folders {
    fileprivate(set) var names: [MaildirFolderName] = []
    /// For each recipient, the place of its Maildir in `names`.
    fileprivate(set) var recipients: [Int] = []
  }

  func folders(_ envelope: SMTPEnvelope, user: String?) -> Folders {
    var folders = Folders()
    switch self {
    case .recipient: addEach(envelope, to: &folders) { Self.name(of: $0) }
    case .domain: addEach(envelope, to: &folders) { Self.domainName(of: $0) }
    case .sender:
      addOne(
        envelope.sender.isNull ? .nullSender : Self.name(of: envelope.sender), envelope, &folders)
    case .user:
      addOne(user.map { Self.name([UInt8]($0.utf8)) } ?? .anonymous, envelope, &folders)
    }
    return folders
  }

  private func addEach(
    _ envelope: SMTPEnvelope, to folders: inout Folders, _ name: (SMTPPath) -> MaildirFolderName
  ) {
    var places: [MaildirFolderName: Int] = [:]
    for recipient in envelope.recipients {
      let name = name(recipient.path)
      let place = places[name] ?? folders.names.count
      if place == folders.names.count {
        places[name] = place
        folders.names.append(name)
      }
      folders.recipients.append(place)
    }
  }

  private func addOne(
    _ name: MaildirFolderName, _ envelope: SMTPEnvelope, _ folders: inout Folders
  ) {
    folders.names = [name]
    folders.recipients = envelope.recipients.map { _ in 0 }
  }

  /// An address with its domain in lower case; the local part is its owner's (RFC 5321 2.4).
  private static func name(of path: SMTPPath) -> MaildirFolderName {
    let domain = path.domain
    return name(path.address.dropLast(domain.count) + domain.map(\.lowercased))
  }

  private static func domainName(of path: SMTPPath) -> MaildirFolderName {
    let domain = path.domain
    return domain.isEmpty ? .noDomain : name(domain.map(\.lowercased))
  }

  private static func name(_ value: [UInt8]) -> MaildirFolderName {
    MaildirFolderName(value) { value in
      let digest = Digest()
      digest.update(value.span)
      return digest.finish()
    }
  }
}
