// The capabilities of Sieve: IANA's registry, Dovecot's and Cyrus's own, and what of them goes or
// does not go together.

/// What the syntax check knows about capabilities.
enum SieveExtension {
  /// Every capability whose commands and arguments are known here, comparators apart.
  static let names: Set<String> = [
    "body", "convert", "copy", "date", "duplicate", "editheader", "enclose",
    "encoded-character", "enotify", "envelope", "envelope-deliverby", "envelope-dsn", "environment",
    "ereject", "extlists", "extracttext", "fcc", "fileinto", "foreverypart", "ihave", "imap4flags",
    "imapflags", "imapsieve", "include", "index", "mailbox", "mailboxid", "mboxmetadata", "mime",
    "notify", "processcalendar", "redirect-deliverby", "redirect-dsn", "regex", "reject",
    "relational", "replace", "servermetadata", "snooze", "spamtest", "spamtestplus", "special-use",
    "subaddress", "vacation", "vacation-seconds", "variables", "virustest",
    "vnd.cyrus.jmapquery", "vnd.cyrus.log", "vnd.cyrus.snooze",
    "vnd.dovecot.config", "vnd.dovecot.debug", "vnd.dovecot.duplicate", "vnd.dovecot.environment",
    "vnd.dovecot.execute", "vnd.dovecot.filter", "vnd.dovecot.imapsieve", "vnd.dovecot.pipe",
    "vnd.dovecot.report",
  ]

  static let comparatorPrefix = "comparator-"

  /// The comparators of RFC 4790 and RFC 5051; the first two need no require (RFC 5228 2.7.3).
  static let comparators = [
    "i;octet", "i;ascii-casemap", "i;ascii-numeric", "i;unicode-casemap", "en;ascii-casemap",
  ]
  static let builtInComparators: Set<String> = ["i;octet", "i;ascii-casemap"]

  static func isKnown(_ capability: String) -> Bool {
    if names.contains(capability) { return true }
    guard capability.hasPrefix(comparatorPrefix) else { return false }
    return comparators.contains(String(capability.dropFirst(comparatorPrefix.count)))
  }

  /// Old and new of the same thing, which servers refuse together.
  static let rivals = [
    ("imapflags", "imap4flags"), ("notify", "enotify"), ("vnd.dovecot.duplicate", "duplicate"),
  ]

  /// What a capability is of no use without (RFC 5703 section 7).
  static let companions = [("extracttext", "variables"), ("extracttext", "foreverypart")]

  /// The header fields that hold addresses, which alone the address test takes (RFC 5228 5.1):
  /// RFC 5322, RFC 2076, and what mailing lists write.
  static let addressHeaders: Set<String> = [
    "from", "to", "cc", "bcc", "sender", "reply-to",
    "resent-from", "resent-to", "resent-cc", "resent-bcc", "resent-sender", "resent-reply-to",
    "abuse-reports-to", "apparently-to", "delivered-to", "errors-to", "for-approval", "for-comment",
    "for-handling", "mail-followup-to", "mail-reply-to", "read-receipt-to",
    "registered-mail-reply-requested-by", "return-receipt-requested", "return-receipt-to",
    "x-admin", "x-beenthere", "x-complaints-to", "x-confirm-reading-to", "x-original-to",
    "x-report-abuse-to",
  ]

  /// The parts of the envelope, and the capability each needs besides `envelope` (RFC 5228 5.4,
  /// RFC 6009).
  static let envelopeParts: [String: String?] = [
    "from": nil, "to": nil, "auth": nil,
    "notify": "envelope-dsn", "orcpt": "envelope-dsn", "ret": "envelope-dsn",
    "envid": "envelope-dsn",
    "bytimeabsolute": "envelope-deliverby", "bytimerelative": "envelope-deliverby",
    "bymode": "envelope-deliverby", "bytrace": "envelope-deliverby",
  ]

  /// The relations of RFC 5231 section 4.1.
  static let relations: Set<String> = ["gt", "ge", "lt", "le", "eq", "ne"]
}
