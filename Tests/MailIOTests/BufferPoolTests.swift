import MailIO
import Testing

@Suite("Buffer pool")
struct BufferPoolTests {
  @Test("a buffer given back is the next one taken")
  func reuse() {
    let pool = BufferPool(bufferByteCount: 100, maxKeptCount: 1)
    let first = pool.take()
    #expect(first.count == 100)
    pool.give(back: first)
    #expect(pool.keptCount == 1)
    let second = pool.take()
    #expect(second.baseAddress == first.baseAddress)
    #expect(pool.keptCount == 0)
    pool.give(back: second)
  }

  @Test("as many as the limit are kept, and one more is freed")
  func limit() {
    let pool = BufferPool(bufferByteCount: 1, maxKeptCount: 2)
    let buffers = (0..<3).map { _ in pool.take() }
    for buffer in buffers { pool.give(back: buffer) }
    #expect(pool.keptCount == 2)
  }

  @Test("no buffer is two threads' at once")
  func threads() {
    let pool = BufferPool(bufferByteCount: 64, maxKeptCount: 4)
    onThreads(8) { index in
      for _ in 0..<500 {
        let buffer = pool.take()
        buffer.initializeMemory(as: UInt8.self, repeating: UInt8(index))
        #expect(buffer.allSatisfy { $0 == UInt8(index) })
        pool.give(back: buffer)
      }
    }
    #expect(pool.keptCount <= 4)
  }
}
