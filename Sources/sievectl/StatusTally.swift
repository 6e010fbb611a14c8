// What many commands come to: one exit status.

internal import ToolSupport

/// Counts how commands ended.
struct StatusTally {
  private var goodCount = 0
  private var lastFailure: ExitStatus?
  private var hasNo = false

  /// Adds the status of one command.
  mutating func add(_ status: ExitStatus) {
    switch status {
    case .success: goodCount += 1
    case .no:
      goodCount += 1
      hasNo = true
    case .partial:
      goodCount += 1
      lastFailure = status
    case .usage, .dataError, .noInput, .noHost, .refused, .software, .cannotCreate, .ioError,
      .temporary, .protocolError, .authentication, .configuration, .untrusted:
      lastFailure = status
    }
  }

  /// Partial (2) when some failed and others not, the last failure's when all did; without failures
  /// no (1) when that was the answer to one.
  var status: ExitStatus {
    if let lastFailure { return goodCount > 0 ? .partial : lastFailure }
    return hasNo ? .no : .success
  }
}
