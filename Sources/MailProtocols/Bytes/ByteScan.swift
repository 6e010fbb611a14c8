// Finding an octet in a run of octets, eight at a time: what memchr(3) does, without C.
// The search of the hot paths: line ends in messages, delimiters in commands.

extension Span<UInt8> {
  /// The first index at or after `start` that holds `byte`, or nil when none does.
  ///
  /// `start` may be anything from 0 to `count`, both included.
  @inlinable
  package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    precondition(start >= 0 && start <= count, "search outside the span")
    return withUnsafeBufferPointer { $0.firstIndex(of: byte, from: start) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// As `Span.firstIndex(of:from:)`; `start` is not checked.
  @inlinable
  package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    guard let base = baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let wanted = ones &* UInt64(byte)
    var index = start
    while index &+ 8 <= count {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      // A zero octet borrows from its top bit; the lowest bit that is left marks the first one.
      let difference = word ^ wanted
      let zeros = (difference &- ones) & ~difference & (ones &* 0x80)
      if zeros != 0 { return index &+ zeros.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < count {
      if self[index] == byte { return index }
      index &+= 1
    }
    return nil
  }
}
