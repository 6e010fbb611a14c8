// Collects what is wrong with a Sieve script, by offset, up to a limit.

/// The findings so far.
struct SieveSyntaxFindings {
  struct Item {
    let severity: SieveSyntaxFinding.Severity
    let offset: Int
    let text: String
  }

  let limits: SieveSyntaxLimits
  private var items: [Item] = []
  private(set) var errorCount = 0
  private var warningCount = 0
  /// Something was not kept, for there was too much of it.
  private(set) var isCut = false
  /// There were more errors than are kept: nothing that follows can change the verdict.
  private(set) var hasTooManyErrors = false

  init(limits: SieveSyntaxLimits) { self.limits = limits }

  mutating func error(_ text: String, at offset: Int) {
    guard errorCount < limits.maxFindingCount else {
      isCut = true
      hasTooManyErrors = true
      return
    }
    errorCount += 1
    items.append(Item(severity: .error, offset: offset, text: text))
  }

  mutating func warning(_ text: String, at offset: Int) {
    guard warningCount < limits.maxFindingCount else {
      isCut = true
      return
    }
    warningCount += 1
    items.append(Item(severity: .warning, offset: offset, text: text))
  }

  /// In the order of the script; at one place in the order they were found.
  var sorted: [Item] {
    items.enumerated()
      .sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
      .map(\.element)
  }
}
