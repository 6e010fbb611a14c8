// A server's TLS context that can be replaced while connections are under way: the new one is made
// whole before it takes the old one's place, and the old one stays when that fails.

/// The context for new connections.
package final class ReloadableTLSServerContext: Sendable {
  private let settings: TLSServerContext.Settings
  private let context: Guarded<TLSServerContext>

  /// Makes the first context.
  package init(_ settings: TLSServerContext.Settings) throws(TLSConfigurationError) {
    self.settings = settings
    context = Guarded(try TLSServerContext(settings))
  }

  /// The context for the next connection; each connection keeps the one it started with.
  package var current: TLSServerContext { context.withLock { $0 } }

  /// Reads all files again. Throws, and changes nothing, when they are not good.
  package func reload() throws(TLSConfigurationError) {
    let new = try TLSServerContext(settings)
    // The old one is freed, if at all, after the lock is given back.
    let old = context.withLock { context in
      let old = context
      context = new
      return old
    }
    withExtendedLifetime(old) {}
  }
}
