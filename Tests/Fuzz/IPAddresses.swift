// Fuzz entry: addresses, networks and lists of networks in text.

/// An address that was read is written in a form that is read as the same, and writes itself again.
private func check(_ address: IPAddress) {
  let text = address.text
  precondition(text.utf8.count <= IPAddress.maxTextByteCount)
  precondition(IPAddress(text) == address, "\(text) is another address")
  precondition(IPAddress(octets: address.octets.span) == address)
  precondition(IPNetwork(address).contains(address) && IPNetwork.any.contains(address))
}

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let octets = [UInt8](UnsafeBufferPointer(start: start, count: count))
  let text = String(decoding: octets, as: UTF8.self)
  if let address = IPAddress(octets: octets.span) { check(address) }
  let strict = IPAddress(octets.span)
  let mail = IPAddress(octets.span, syntax: .mailLiteral)
  if let strict { check(strict) }
  if let mail { check(mail) }
  // Where both grammars read it, they read the same.
  if let strict, let mail { precondition(strict == mail) }
  _ = AddressLiteral.isValid(octets[...])
  do {
    for network in try IPNetworkSet(text).networks {
      precondition(try! IPNetwork(network.text) == network)
      if let strict { precondition(network.isAny || network.contains(strict)) }
    }
  } catch {
    precondition(!error.reason.isEmpty)
    precondition(strict == nil, "an address is a network of one")
  }
  return 0
}
