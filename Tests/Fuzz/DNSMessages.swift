// Fuzz entry: answers of name servers. Whatever comes is an answer or an error, within the limits,
// and the records come out of the order by weight as many as they went in.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let message = [UInt8](UnsafeBufferPointer(start: start, count: count))
  let id = count < 2 ? 0 : UInt16(message[0]) << 8 | UInt16(message[1])
  guard let query = SRVQuery(service: "_sieve._tcp", domain: "example.org", id: id) else {
    preconditionFailure("no query")
  }
  do throws(DNSError) {
    guard case .records(let records) = try query.answer(message.span) else { return 0 }
    precondition((1...SRVQuery.maxRecordCount).contains(records.count))
    for record in records {
      precondition(record.port != 0 && !record.target.isEmpty && record.target.utf8.count <= 253)
      let isName = record.target.utf8.allSatisfy {
        $0.isAlpha || $0.isDigit || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
      precondition(isName && record.target == record.target.lowercased())
    }
    var state = UInt32(count)
    let order = SRVRecord.ordered(records) { limit in
      state = state &* 1_664_525 &+ 1_013_904_223
      return limit == 0 ? 0 : state % limit
    }
    precondition(order.count == records.count)
    precondition(order.map(\.priority) == records.map(\.priority).sorted())
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}
