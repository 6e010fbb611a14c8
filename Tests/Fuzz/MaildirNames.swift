// Fuzz entry: names of a Maildir. The first octet chooses between taking a foreign name apart and
// making one of ours for a hostile host name.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let rest = Array(input.dropFirst())
  if choice & 1 == 0 { takeApart(rest) } else { make(String(decoding: rest, as: UTF8.self)) }
  return 0
}

/// What parses stays inside its directory, and parses to the same when written again.
private func takeApart(_ octets: [UInt8]) {
  guard let name = MaildirName(octets) else { return }
  let written = name.octets
  precondition(!written.contains(0) && !written.contains(.ascii("/")) && written.first != 0x2E)
  precondition(!name.unique.isEmpty && !name.unique.contains(.ascii(":")))
  precondition(written.starts(with: name.unique) && octets.starts(with: name.unique))
  precondition(MaildirName(written) == name)
  switch name.info {
  case .none, .other: precondition(written == octets)
  case .flags(let flags):
    precondition(zip(flags.octets, flags.octets.dropFirst()).allSatisfy { $0 < $1 })
    precondition(Set(octets.dropFirst(name.unique.count + 3)) == Set(flags.octets))
  }
}

/// Whatever the host is called, the name is one plain, unread file name with no info.
private func make(_ host: String) {
  let name = MaildirNaming(host: host, process: .max, random: .max)
    .name(seconds: .max, microseconds: 999_999, counter: .max)
  guard let parsed = MaildirName(name) else { preconditionFailure("our name is refused") }
  precondition(parsed.unique == name && parsed.info == .none)
  precondition(!name.contains { $0.isControl })
}
