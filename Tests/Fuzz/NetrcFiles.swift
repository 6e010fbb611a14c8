// Fuzz entry: netrc files. What is read is within the file, every entry can be found, and no error
// shows a word of it.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = [UInt8](UnsafeBufferPointer(start: start, count: count))
  do throws(NetrcError) {
    let netrc = try Netrc(text.span)
    var byteCount = 0
    for entry in netrc.entries {
      if case .host(let host) = entry.machine {
        byteCount += host.utf8.count
        if entry.password != nil {
          precondition(netrc.entry(host: host, user: entry.login)?.password != nil, "lost")
        }
      }
      byteCount += (entry.login?.utf8.count ?? 0) + (entry.password?.count ?? 0)
      precondition(entry.password?.count != 0 && entry.password?.bytes.contains(0) != true)
    }
    precondition(byteCount <= count, "more was read than there is")
  } catch {
    let lineCount = text.count { $0 == 0x0A } + 1
    precondition((1...lineCount).contains(error.line), "no such line")
  }
  return 0
}
