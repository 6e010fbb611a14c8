// The environment of this process, to be handed on to children.

internal import CLinux
internal import Glibc

/// The variables that this process was given.
package enum ProcessEnvironment {
  /// `NAME=value` each, without those whose name starts with `prefix`.
  package static func variables(without prefix: String) -> [String] {
    var variables: [String] = []
    var entry = postroom_environment()
    while let variable = entry?.pointee {
      let text = String(cString: variable)
      if !text.hasPrefix(prefix) { variables.append(text) }
      entry = entry?.advanced(by: 1)
    }
    return variables
  }
}
