// What a word that was begun in the shell can become: a command, a script, a file.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// The completions of the last word of a line.
struct ShellCompletion {
  /// The word as it was typed, quotes and backslashes included.
  let typed: String
  /// What it can become, sorted; folders end with a slash.
  let candidates: [String]

  /// - Parameters:
  ///   - text: the line up to the cursor.
  ///   - scripts: asked for the scripts' names when one may stand there.
  init(of text: String, scripts: () -> [String]) {
    let line = PartialLine(text)
    typed = line.typed
    var all: Set<String> = []
    for kind in Self.kinds(line.words) {
      switch kind {
      case .command: all.formUnion(ShellWord.all)
      case .script: all.formUnion(scripts())
      case .file: all.formUnion(Self.files(line.value))
      }
    }
    candidates = all.filter { $0.utf8.starts(with: line.value.utf8) }.sorted()
  }

  /// What is to stand in the word's place; nil when nothing is known that is longer.
  var replacement: String? {
    guard let first = candidates.first else { return nil }
    var common = Array(first.unicodeScalars)
    for candidate in candidates.dropFirst() {
      let count = zip(common, candidate.unicodeScalars).prefix { $0 == $1 }.count
      common = Array(common.prefix(count))
    }
    var text = String(String.UnicodeScalarView(common))
    let isWhole = candidates.count == 1 && !text.hasSuffix("/")
    text = Self.quoted(text) + (isWhole ? " " : "")
    return text.unicodeScalars.count > typed.unicodeScalars.count ? text : nil
  }

  // MARK: - What may stand there

  private enum Kind { case command, script, file }

  private static func kinds(_ words: [String]) -> [Kind] {
    guard let first = words.first else { return [.command] }
    let spelledOut = ShellWord.spelledOut([first])[0]
    switch spelledOut {
    case "put": return words.count == 1 ? [.file] : [.script]
    case "check", "cd", "pull", "push", "sh": return [.file]
    case "diff": return words.count == 1 ? [.script, .file] : [.file, .script]
    case "xargs", "help": return [.command]
    case "get", "delete", "activate", "rename", "copy", "exists", "space", "edit", "more":
      return [.script]
    default: return []
    }
  }

  private static func files(_ value: String) -> [String] {
    let folder = value.lastIndex(of: "/").map { String(value[...$0]) } ?? ""
    guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      guard !name.hasPrefix(".") || value.dropFirst(folder.count).hasPrefix(".") else { continue }
      names.append(folder + name + (isFolder ? "/" : ""))
    }
    return names
  }

  private static func quoted(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if " \t'\"\\#$`*?!;|&()<>".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// A line that is not finished, in words.
  private struct PartialLine {
    /// The words before the last.
    var words: [String] = []
    /// The last word as it was typed, and what it says.
    var typed = ""
    var value = ""

    init(_ text: String) {
      var quote: Unicode.Scalar?
      var isEscaped = false
      for scalar in text.unicodeScalars {
        if quote == nil, !isEscaped, scalar == " " || scalar == "\t" {
          if !typed.isEmpty { words.append(value) }
          (typed, value) = ("", "")
          continue
        }
        typed.unicodeScalars.append(scalar)
        if isEscaped {
          isEscaped = false
          value.unicodeScalars.append(scalar)
        } else if scalar == "\\", quote != "'" {
          isEscaped = true
        } else if scalar == quote {
          quote = nil
        } else if quote == nil, scalar == "'" || scalar == "\"" {
          quote = scalar
        } else {
          value.unicodeScalars.append(scalar)
        }
      }
    }
  }
}
