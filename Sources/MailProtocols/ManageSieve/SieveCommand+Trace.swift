// Commands as a trace shows them: names as they are, scripts counted, what authenticates masked.

extension SieveCommand {
  /// The line for a trace; it may hold octets of any kind.
  package var traceLine: [UInt8] {
    switch self {
    case .authenticate(let mechanism, let response):
      Array("AUTHENTICATE \"\(mechanism)\"\(response == nil ? "" : " *")".utf8)
    case .putScript(let name, let script):
      Array("PUTSCRIPT \"".utf8) + name.wire + Array("\" {\(script.count)+}".utf8)
    case .checkScript(let script):
      Array("CHECKSCRIPT {\(script.count)+}".utf8)
    case .startTLS, .logout, .capability, .haveSpace, .listScripts, .setActive, .getScript,
      .deleteScript, .renameScript, .noOperation, .unauthenticate, .raw:
      written
    }
  }

  private var written: [UInt8] {
    var writer = SieveCommandWriter()
    writer.write(self)
    return Array(writer.wire.dropLast(2))
  }
}
