// What a ManageSieve client is told once.

package import MailProtocols

/// Limits and habits of a client.
package struct ManageSieveOptions: Sendable {
  /// Bounds on what the server sends.
  package var limits: SieveLimits
  /// The longest silence, and the longest time for a line, or for 64 KiB of a literal.
  package var timeout: Duration
  /// How long capabilities are waited for after the handshake before they are asked for.
  package var capabilitiesPatience: Duration
  /// Commands in flight at most.
  package var pipelineDepth: Int
  /// The longest script that is sent, in octets.
  package var maxScriptByteCount: Int
  /// Scripts larger than this are asked for with HAVESPACE first; nil never asks.
  package var spaceCheckByteCount: Int?
  /// Backups that are kept when a script is replaced (`SieveBackupPlan`).
  package var backupCount: Int

  /// The tool's defaults, unless said otherwise.
  package init(
    limits: SieveLimits = SieveLimits(), timeout: Duration = .seconds(60),
    capabilitiesPatience: Duration = .seconds(5), pipelineDepth: Int = 16,
    maxScriptByteCount: Int = 16 << 20, spaceCheckByteCount: Int? = nil, backupCount: Int = 0
  ) {
    self.limits = limits
    self.timeout = timeout
    self.capabilitiesPatience = capabilitiesPatience
    self.pipelineDepth = pipelineDepth
    self.maxScriptByteCount = maxScriptByteCount
    self.spaceCheckByteCount = spaceCheckByteCount
    self.backupCount = backupCount
  }
}
