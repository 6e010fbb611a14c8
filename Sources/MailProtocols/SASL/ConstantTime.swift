// Comparison of secrets without telling how far they agree.

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
package func constantTimeEqual(
  _ left: some RandomAccessCollection<UInt8>, _ right: some RandomAccessCollection<UInt8>
) -> Bool {
  guard left.count == right.count else { return false }
  var difference: UInt8 = 0
  for (one, other) in zip(left, right) { difference |= one ^ other }
  return difference == 0
}
