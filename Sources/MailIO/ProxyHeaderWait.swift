// The wait for a PROXY header at the start of a connection. It can be broken off and gone on with at
// any octet, so that a peer who sends nothing holds no thread.

internal import MailProtocols

/// What came of the header so far, and until when the rest must come.
struct ProxyHeaderWait {
  /// The latest moment for the header's last octet.
  let deadline: Deadline
  private let isRefusing: Bool
  private var parser = ProxyHeaderParser()

  enum Progress {
    /// Nothing comes just now.
    case silent
    /// The header, and the octets that came together with it.
    case header(ProxyHeader, behind: [UInt8])
    /// The connection is over; without a failure there was nothing to be told of.
    case ended(SMTPSessionEnd.Cause, SMTPProxyFailure?)
  }

  /// Nil when no header is expected.
  init?(_ use: SMTPProxyUse) {
    switch use {
    case .none: return nil
    case .header(let duration):
      deadline = .after(duration)
      isRefusing = false
    case .refused:
      deadline = .never
      isRefusing = true
    }
  }

  /// Receives until the header is whole or the peer is silent for a tenth of a second.
  mutating func proceed(_ connection: Connection, unless interrupt: Interrupt) -> Progress {
    if isRefusing { return .ended(.closed, .untrusted) }
    if deadline.hasPassed, (try? connection.hasInput()) != true {
      return .ended(.timeout, .late)
    }
    while true {
      if interrupt.isRaised { return .ended(.drain, nil) }
      var progress: Progress?
      let isOpen: Bool?
      do throws(ConnectionError) {
        isOpen = try connection.receiveShortly { input in progress = take(input) }
      } catch {
        // Who only looks whether there is somebody may end it as roughly as he likes.
        return .ended(parser.isEmpty ? .eof : .error, parser.isEmpty ? nil : .truncated)
      }
      if let progress { return progress }
      if isOpen == false {
        return .ended(.eof, parser.isEmpty ? nil : .truncated)
      }
      if deadline.hasPassed { return .ended(.timeout, .late) }
      if isOpen == nil { return .silent }
    }
  }

  private mutating func take(_ input: Span<UInt8>) -> Progress? {
    var position = 0
    do throws(ProxyHeaderError) {
      return try parser.parse(input, at: &position).map {
        .header($0, behind: input.copy(position..<input.count))
      }
    } catch {
      return .ended(.closed, .malformed(error))
    }
  }
}
