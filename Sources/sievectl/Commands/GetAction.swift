// sievectl get: scripts octet for octet, to stdout or a file (RFC 5804 2.9).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct GetAction: SieveAction {
  static let name = "get"
  static let abstract = "Print scripts, octet for octet."
  static let operandUsage = "NAME...|--active|--all"

  @Flag(name: .long, help: "The active script.")
  var active = false

  @Flag(name: .long, help: "Every script.")
  var all = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Write there, whole or not at all.", valueName: "file"))
  var output: String?

  /// Which scripts.
  private enum Choice {
    case named([SieveScriptName])
    case active
    case all
  }

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let most = active || all ? 0 : Int.max
    let names = try request.names(min(1, most)...most, Self.operandUsage)
    guard !active || !all else {
      throw SieveFailure(.usage, "get: --active and --all exclude each other")
    }
    let choice: Choice = active ? .active : all ? .all : .named(names)
    let task = { (session: SieveSession) throws(SieveFailure) -> ExitStatus in
      try run(choice, session)
    }
    guard case .named(let names) = choice, names.count == 1, output == nil || output == "-",
      request.settings.form != .json
    else { return .remote(task) }
    return .pipelined(.getScript(names[0]), task)
  }

  private func run(_ choice: Choice, _ session: SieveSession) throws(SieveFailure) -> ExitStatus {
    let isJSON = session.output.form == .json
    var activeName: SieveScriptName?
    var names: [SieveScriptName]
    switch choice {
    case .named(let named) where !isJSON: names = named
    case .named, .active, .all:
      let scripts = try session.ask { (client) throws(ManageSieveError) in
        try client.listScripts()
      }
      activeName = scripts.first(where: \.isActive)?.name
      switch choice {
      case .named(let named): names = named
      case .all: names = scripts.map(\.name)
      case .active:
        guard let activeName else { throw SieveFailure(.noInput, "no script is active") }
        names = [activeName]
      }
    }
    let file = output == "-" ? nil : output
    var loop = ItemLoop(session)
    var whole: [UInt8] = []
    for name in names {
      try loop.run(name.description) { () throws(SieveFailure) in
        let script = try session.ask { (client) throws(ManageSieveError) in
          try client.getScript(name)
        }
        if file != nil { whole += script }
        if isJSON {
          session.output.object { json in
            json.add(name)
            json.add("active", activeName.map { $0.isMeant(by: name) } ?? false)
            json.add(sizeOf: script)
            if file == nil { json.add(script: script) }
          }
        } else if file == nil {
          session.output.content(script)
        }
      }
    }
    if let file, loop.status == .success {
      try WholeFile.write(whole, to: file)
    }
    return loop.status
  }
}

extension JSONLine {
  /// `script`, and `script_b64` where it is no UTF-8.
  fileprivate mutating func add(script: [UInt8]) {
    guard !script.span.isWellFormedUTF8 else {
      return add("script", String(decoding: script, as: UTF8.self))
    }
    add("script", EscapedText.text(script.span, for: .event))
    add("script_b64", String(decoding: Base64.encode(script.span), as: UTF8.self))
  }
}
