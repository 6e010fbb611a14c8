// How far a message must be on its way to the disk before it counts as stored (`--sync`).

/// What is flushed before a message counts as stored.
package enum DurabilityLevel: String, Sendable, CaseIterable {
  /// Nothing: a crash of the machine may lose it, a crash of the process does not.
  case none
  /// The file: its content is safe, its name may be lost.
  case file
  /// The file and the directory it is in.
  case full
}
