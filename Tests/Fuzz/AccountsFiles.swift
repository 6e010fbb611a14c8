// Fuzz entry: accounts files. What is read is within the file and its limits, and can be written down
// and read again; an error names a line that is there.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = [UInt8](UnsafeBufferPointer(start: start, count: count))
  do throws(AccountsFileError) {
    let file = try AccountsFile(text.span)
    var copy = ""
    for account in file.accounts {
      precondition(file.account(account.name)?.line == account.line, "another account")
      copy += "account \(account.name)\n"
      for setting in account.settings {
        precondition(setting.line > account.line && setting.name != "password")
        copy += "\(setting.name) \(setting.value ?? "")\n"
      }
    }
    precondition(copy.utf8.count <= count + 2 * file.accounts.count + 2 * count)
    let again = try AccountsFile([UInt8](copy.utf8).span)
    precondition(again.accounts.map(\.name) == file.accounts.map(\.name))
    precondition(
      again.accounts.map { $0.settings.map(\.value) }
        == file.accounts.map { $0.settings.map(\.value) })
  } catch {
    let lineCount = text.count { $0 == 0x0A } + 1
    precondition((1...lineCount).contains(error.line) && !error.description.isEmpty)
  }
  return 0
}
