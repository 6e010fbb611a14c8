// The tagged arguments of Sieve (RFC 5228 2.6.2), as rules: what follows a tag, which tags exclude
// one another, and the capability that brings them.

/// One tag that a command or test may have.
struct SieveSyntaxTag {
  let name: String
  /// What must follow the tag; nil when nothing does.
  var value: SieveSyntaxValue?
  /// Tags with the same word exclude one another; it says what they are.
  var group: String?
  /// The capability that must be required besides the command's own.
  var needs: String?
  /// The tag that must stand there, too.
  var with: String?

  init(
    _ name: String, _ value: SieveSyntaxValue? = nil, group: String? = nil, needs: String? = nil,
    with: String? = nil
  ) {
    self.name = name
    self.value = value
    self.group = group
    self.needs = needs
    self.with = with
  }

  static let matchGroup = "match type"
}

/// Tags that several commands and tests share.
extension [SieveSyntaxTag] {
  /// RFC 5228 2.7.1 and 2.7.3; RFC 5231; RFC 6134; the regex draft.
  static let match = [
    SieveSyntaxTag("comparator", .comparator),
    SieveSyntaxTag("is", group: SieveSyntaxTag.matchGroup),
    SieveSyntaxTag("contains", group: SieveSyntaxTag.matchGroup),
    SieveSyntaxTag("matches", group: SieveSyntaxTag.matchGroup),
    SieveSyntaxTag("count", .relation, group: SieveSyntaxTag.matchGroup, needs: "relational"),
    SieveSyntaxTag("value", .relation, group: SieveSyntaxTag.matchGroup, needs: "relational"),
    SieveSyntaxTag("regex", group: SieveSyntaxTag.matchGroup, needs: "regex"),
    SieveSyntaxTag("list", group: SieveSyntaxTag.matchGroup, needs: "extlists"),
  ]

  /// RFC 5228 2.7.4; RFC 5233.
  static let addressPart = [
    SieveSyntaxTag("all", group: "address part"),
    SieveSyntaxTag("localpart", group: "address part"),
    SieveSyntaxTag("domain", group: "address part"),
    SieveSyntaxTag("user", group: "address part", needs: "subaddress"),
    SieveSyntaxTag("detail", group: "address part", needs: "subaddress"),
  ]

  /// RFC 5260 section 6.
  static let index = [
    SieveSyntaxTag("index", .ordinal, needs: "index"),
    SieveSyntaxTag("last", needs: "index", with: "index"),
  ]

  /// RFC 5703 section 4.
  static let mime = [
    SieveSyntaxTag("mime", needs: "mime"),
    SieveSyntaxTag("anychild", needs: "mime", with: "mime"),
  ]

  /// RFC 5703 4.1, for the header test alone.
  static let mimeParts = [
    SieveSyntaxTag("type", group: "MIME part", needs: "mime", with: "mime"),
    SieveSyntaxTag("subtype", group: "MIME part", needs: "mime", with: "mime"),
    SieveSyntaxTag("contenttype", group: "MIME part", needs: "mime", with: "mime"),
    SieveSyntaxTag("param", .texts, group: "MIME part", needs: "mime", with: "mime"),
  ]

  /// How a message is stored: RFC 5232 section 5, RFC 5490 3.2, RFC 8579 section 4, RFC 9042
  /// section 4.1.
  static let storing = [
    SieveSyntaxTag("flags", .texts, needs: "imap4flags"),
    SieveSyntaxTag("create", needs: "mailbox"),
    SieveSyntaxTag("specialuse", .text, needs: "special-use"),
    SieveSyntaxTag("mailboxid", .text, needs: "mailboxid"),
  ]

  /// RFC 8580: a copy of what is sent, and how it is stored.
  static let fileCarbonCopy =
    [SieveSyntaxTag("fcc", .text, needs: "fcc")]
    + storing.map {
      SieveSyntaxTag($0.name, $0.value, needs: $0.needs, with: "fcc")
    }

  /// RFC 5229 4.1; RFC 5435 section 6; the regex draft. Those of one precedence exclude each other.
  static let modifiers = [
    SieveSyntaxTag("lower", group: "modifier of precedence 40", needs: "variables"),
    SieveSyntaxTag("upper", group: "modifier of precedence 40", needs: "variables"),
    SieveSyntaxTag("lowerfirst", group: "modifier of precedence 30", needs: "variables"),
    SieveSyntaxTag("upperfirst", group: "modifier of precedence 30", needs: "variables"),
    SieveSyntaxTag("quotewildcard", group: "modifier of precedence 20", needs: "variables"),
    SieveSyntaxTag("quoteregex", group: "modifier of precedence 20", needs: "regex"),
    SieveSyntaxTag("encodeurl", needs: "enotify"),
    SieveSyntaxTag("length", needs: "variables"),
  ]

  /// How important a notification is, before RFC 5435.
  static let oldPriority = [
    SieveSyntaxTag("low", group: "priority"), SieveSyntaxTag("normal", group: "priority"),
    SieveSyntaxTag("high", group: "priority"),
  ]
}
