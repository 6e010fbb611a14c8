// Fuzz entry: URLs of ManageSieve. What is read is written and read again as the same, and nothing
// in it can break a line.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let octets = [UInt8](UnsafeBufferPointer(start: start, count: count))
  if octets.span.isWellFormedUTF8,
    let url = try? SieveURL(String(decoding: octets, as: UTF8.self))
  {
    let text = url.description
    precondition(!text.utf8.contains { $0 <= .space || $0 >= 0x7F }, "not plain ASCII")
    precondition((try? SieveURL(text)) == url, "written otherwise than read")
    precondition(url.script?.isEmpty != true && url.script?.contains(0) != true)
    precondition(!url.host.isEmpty && url.port != 0)
  }
  for reach in SieveReferralPolicy.Reach.allCases {
    var policy = SieveReferralPolicy(reach, origin: SieveURL(host: "imap.example.org"))
    let proof = SASLCredentials.Proof.password(SASLSecret([1]))
    if let url = try? policy.follow(octets, on: .verifiedTLS, with: proof) {
      precondition(reach != .deny && url.scheme != .insecure && url.script == nil)
      if reach == .sameDomain {
        precondition(
          url.host == "example.org" || url.host.hasSuffix(".example.org")
            || url.host.hasSuffix(".example.org.") || url.host == "example.org.")
      }
      precondition((try? policy.follow(octets, on: .verifiedTLS, with: proof)) == nil, "a loop")
    }
  }
  return 0
}
