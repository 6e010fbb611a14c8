// sievectl edit with a shell script for an editor.

import Glibc
import TestSupport
import Testing

extension SieveCtlRun {
  /// Starts `edit`; `$1` in the script is the copy.
  /// - Parameters:
  ///   - command: what the editor does.
  ///   - terminal: what stdin and stderr are; not a terminal when nil.
  func startEdit(
    _ arguments: [String], command: String, terminal: PseudoTerminal? = nil
  ) throws -> RunningTool {
    scratch.write("#!/bin/sh\n\(command)\n", to: "ed itor")
    chmod(scratch["ed itor"], 0o700)
    mkdir(scratch["tmp"], 0o700)
    return try start(
      "edit", arguments, terminal: terminal,
      environment: ["TMPDIR=\(scratch["tmp"])", "EDITOR='\(scratch["ed itor"])'"])
  }

  func edit(_ arguments: String..., command: String) throws -> ToolEnd {
    try startEdit(arguments, command: command).end()
  }

  /// The copies that are still there, by their paths below `tmp`.
  var copies: [String] {
    scratch.list("tmp").flatMap { folder in
      scratch.list("tmp/\(folder)").map { "tmp/\(folder)/\($0)" }
    }
  }
}
