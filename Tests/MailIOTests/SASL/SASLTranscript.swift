// Reads the dialogues of Tests/MailProtocolsTests/Fixtures/sasl.

import Glibc
import MailProtocols
import Testing

/// One dialogue as a fixture has it.
struct SASLTranscript: CustomTestStringConvertible, Sendable {
  var fields: [String: String] = [:]
  /// Both sides in turn, the client first; nil is "no initial response".
  var messages: [(isClient: Bool, octets: [UInt8]?)] = []

  var mechanism: String { fields["mechanism"] ?? "" }
  var testDescription: String { "\(mechanism) \(fields["binding"] ?? "")" }

  func sent(byClient isClient: Bool) -> [[UInt8]?] {
    messages.filter { $0.isClient == isClient }.map(\.octets)
  }

  static func load(_ name: String) -> [SASLTranscript] {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast(3).joined(separator: "/")
    var transcripts: [SASLTranscript] = []
    for line in lines(of: "\(folder)/MailProtocolsTests/Fixtures/sasl/\(name)") {
      if line.hasPrefix("C:") || line.hasPrefix("S:") {
        transcripts[transcripts.count - 1].messages.append(
          (line.hasPrefix("C"), octets(String(line.dropFirst(3)))))
      } else if let colon = line.firstIndex(of: ":") {
        let key = String(line[..<colon])
        if key == "mechanism" { transcripts.append(SASLTranscript()) }
        transcripts[transcripts.count - 1].fields[key] = String(line[colon...].dropFirst(2))
      }
    }
    return transcripts
  }

  private static func octets(_ text: String) -> [UInt8]? {
    if text == "(none)" { return nil }
    return Array(text.replacing("^A", with: "\u{1}").replacing("^@", with: "\0").utf8)
  }

  private static func lines(of path: String) -> [String] {
    guard let file = fopen(path, "r") else { fatalError("cannot read \(path)") }
    defer { fclose(file) }
    var octets = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&octets, 1, octets.count, file)
    return String(decoding: octets[..<count], as: UTF8.self)
      .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") && !$0.hasPrefix("=") }
  }
}
