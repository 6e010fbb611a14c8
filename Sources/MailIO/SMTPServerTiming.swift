// What a server session is run with: how long it waits, what stops it, how it does TLS.

/// How long a server waits, and what tells it to stop.
package struct SMTPServerTiming: Sendable {
  /// The longest silence of a client, and the longest it may take to read a reply.
  package var silence: Duration
  /// Raised when the server stops: sessions outside a transaction end.
  package var drain: Interrupt
  /// Raised when the server has no more time: every session ends.
  package var abort: Interrupt
  /// How long a draining server lets a client that has delivered say QUIT.
  package var quitGrace = Duration.seconds(1)
  /// How long the end of a connection may take after our last reply.
  package var finish = Duration.seconds(1)

  package init(silence: Duration, drain: Interrupt, abort: Interrupt) {
    self.silence = silence
    self.drain = drain
    self.abort = abort
  }
}

/// How a server does TLS.
package struct SMTPServerTLS: Sendable {
  /// When the handshake is.
  package enum Start: Sendable {
    /// Before the greeting.
    case implicit
    /// When the client asks for it, by STARTTLS.
    case onRequest
  }

  package let context: ReloadableTLSServerContext
  package let start: Start

  package init(context: ReloadableTLSServerContext, start: Start) {
    self.context = context
    self.start = start
  }
}
