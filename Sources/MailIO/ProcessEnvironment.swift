// The environment of this process, to be handed on to children.

internal import CLinux
internal import Glibc

/// The variables that this process was given.
package enum ProcessEnvironment {
  /// `NAME=value` each, without those of these names.
  package static func variables(without names: Set<String>) -> [String] {
    var variables: [String] = []
    var entry = postroom_environment()
    while let variable = entry?.pointee {
      let text = String(cString: variable)
      let name = text.prefix { $0 != "=" }
      if !names.contains(String(name)) { variables.append(text) }
      entry = entry?.advanced(by: 1)
    }
    return variables
  }
}
