// sievectl batch: many commands over one connection.

internal import ArgumentParser
internal import ToolSupport

struct BatchAction: SieveAction {
  static let name = "batch"
  static let abstract = "Run commands, a line each, over one connection."
  static let operandUsage = "[FILE]"
  static let isLineCommand = false

  @Flag(name: .long, help: "Go on after a command that failed.")
  var keepGoing = false

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(0...1, Self.operandUsage)
    let file = request.all.first ?? "-"
    let input = try SieveInput(file, maxByteCount: BatchLine.maxByteCount)
    if file == "-" { StandardInput.take() }
    let source = file == "-" ? "stdin" : input.shownFile
    let lines = try BatchLine.all(in: input.octets, source: source)
    let ends: BatchRun.Ending = keepGoing ? .atTheEnd : .atFirstFailure
    return .remote { (session) throws(SieveFailure) in
      var run = BatchRun(lines, source: source, ends: ends, on: session)
      return try run.run()
    }
  }
}
