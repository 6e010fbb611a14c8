// The counts of rules that count: one a rule, or one for each of its `per=` keys. The memory of keys
// has an end; the key that was used longest ago is forgotten first, and counts anew when it returns.

/// How often, and how lately, the other conditions of a rule held.
struct ReplyRuleCount: Equatable, Sendable {
  private(set) var count = 0
  /// When the token bucket will be full again: it is empty when that is a whole period away.
  private var fullTime: Duration = .zero

  /// One more time.
  mutating func advance() {
    count += 1
  }

  /// Takes a token, or says that there is none.
  mutating func takeToken(_ rate: ReplyRuleRate, at time: Duration) -> Bool {
    let fullTimeThen = max(fullTime, time) + rate.period / rate.count
    guard fullTimeThen - time <= rate.period else { return false }
    fullTime = fullTimeThen
    return true
  }
}

/// The counts of a list of rules.
struct ReplyRuleCounters: Sendable {
  struct Key: Hashable, Sendable {
    let rule: Int
    let text: [UInt8]
  }

  private struct Slot {
    var key: Key
    var count: ReplyRuleCount
    /// The slots used just before and just after this one; -1 is none.
    var older: Int
    var newer: Int
  }

  let maxKeyCount: Int
  private var plain: [ReplyRuleCount]
  private var slots: [Slot] = []
  private var slotByKey: [Key: Int] = [:]
  private var oldest = -1
  private var newest = -1

  init(ruleCount: Int, maxKeyCount: Int) {
    precondition(maxKeyCount > 0, "no room for a single key")
    self.maxKeyCount = maxKeyCount
    plain = Array(repeating: ReplyRuleCount(), count: ruleCount)
  }

  /// Keys that are remembered now.
  var keyCount: Int { slots.count }

  /// Works on the count of a rule, or on that of one key of it.
  mutating func withCount(
    ofRule rule: Int, key: [UInt8]?, _ body: (inout ReplyRuleCount) -> Bool
  ) -> Bool {
    guard let key else { return body(&plain[rule]) }
    let slot = use(Key(rule: rule, text: key))
    return body(&slots[slot].count)
  }

  /// The slot of a key, made the newest.
  private mutating func use(_ key: Key) -> Int {
    if let slot = slotByKey[key] {
      if slot != newest {
        unlink(slot)
        linkNewest(slot)
      }
      return slot
    }
    let slot: Int
    if slots.count < maxKeyCount {
      slot = slots.count
      slots.append(Slot(key: key, count: ReplyRuleCount(), older: -1, newer: -1))
    } else {
      slot = oldest
      unlink(slot)
      slotByKey[slots[slot].key] = nil
      slots[slot].key = key
      slots[slot].count = ReplyRuleCount()
    }
    slotByKey[key] = slot
    linkNewest(slot)
    return slot
  }

  private mutating func unlink(_ slot: Int) {
    let (older, newer) = (slots[slot].older, slots[slot].newer)
    if older >= 0 { slots[older].newer = newer } else { oldest = newer }
    if newer >= 0 { slots[newer].older = older } else { newest = older }
  }

  private mutating func linkNewest(_ slot: Int) {
    slots[slot].older = newest
    slots[slot].newer = -1
    if newest >= 0 { slots[newest].newer = slot } else { oldest = slot }
    newest = slot
  }
}
