// Fuzz entry: encoded words, then what is done with their text: escaping. Dates ride along.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let value = [UInt8](UnsafeBufferPointer(start: start, count: count))
  let text = EncodedWord.decode(value.span)
  precondition(text.utf8.count <= value.count * 4)
  if !value.contains(.ascii("?")), value.span.isWellFormedUTF8 {
    precondition(text.utf8.elementsEqual(value), "plain text was changed")
  }
  for place in [EscapedText.Place.event, .terminal, .field] {
    for shown in [EscapedText.text(text, for: place), EscapedText.text(value.span, for: place)] {
      precondition(!shown.utf8.contains(where: \.isControl))
    }
  }
  if let seconds = MailDateParser.seconds(value.span), (0...MailDate.maxSeconds).contains(seconds) {
    let written = [UInt8](MailDate(seconds: seconds).rfc5322.utf8)
    precondition(MailDateParser.seconds(written.span) == seconds)
  }
  return 0
}
