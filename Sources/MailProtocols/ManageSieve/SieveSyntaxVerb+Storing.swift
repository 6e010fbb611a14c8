// The extensions that store, mark, change and look at messages and mailboxes, as rules.

extension SieveSyntaxVerb {
  static let storing: [SieveSyntaxVerb] = [
    SieveSyntaxVerb(
      .command, "fileinto", ["fileinto"], [.text],
      tags: [SieveSyntaxTag("copy", needs: "copy")] + .storing),

    // RFC 5232, and the draft before it.
    flagCommand("setflag"), flagCommand("addflag"), flagCommand("removeflag"),
    SieveSyntaxVerb(.test, "hasflag", ["imap4flags"], [.texts], tags: .match)
      .with { $0.leading = .variableNames },
    SieveSyntaxVerb(.command, "setflag", ["imapflags"], [.texts]),
    SieveSyntaxVerb(.command, "addflag", ["imapflags"], [.texts]),
    SieveSyntaxVerb(.command, "removeflag", ["imapflags"], [.texts]),
    SieveSyntaxVerb(.command, "mark", ["imapflags"]),
    SieveSyntaxVerb(.command, "unmark", ["imapflags"]),

    // RFC 5293.
    SieveSyntaxVerb(
      .command, "addheader", ["editheader"], [.fieldName, .text], tags: [SieveSyntaxTag("last")]),
    SieveSyntaxVerb(
      .command, "deleteheader", ["editheader"], [.fieldNames, .texts],
      tags: [SieveSyntaxTag("index", .number), SieveSyntaxTag("last")] + .match
    ).with { $0.optionalCount = 1 },

    // RFC 5490, RFC 8579, RFC 9042.
    SieveSyntaxVerb(.test, "mailboxexists", ["mailbox"], [.texts]),
    SieveSyntaxVerb(.test, "metadata", ["mboxmetadata"], [.text, .text, .texts], tags: .match),
    SieveSyntaxVerb(.test, "metadataexists", ["mboxmetadata"], [.text, .texts]),
    SieveSyntaxVerb(.test, "servermetadata", ["servermetadata"], [.text, .texts], tags: .match),
    SieveSyntaxVerb(.test, "servermetadataexists", ["servermetadata"], [.texts]),
    SieveSyntaxVerb(.test, "specialuse_exists", ["special-use"], [.texts])
      .with { $0.leading = .text },
    SieveSyntaxVerb(.test, "mailboxidexists", ["mailboxid"], [.texts]),

    // RFC 5703.
    SieveSyntaxVerb(
      .command, "replace", ["replace"], [.text],
      tags: [
        SieveSyntaxTag("mime"), SieveSyntaxTag("subject", .text), SieveSyntaxTag("from", .address),
      ]),
    SieveSyntaxVerb(
      .command, "enclose", ["enclose"], [.text],
      tags: [SieveSyntaxTag("subject", .text), SieveSyntaxTag("headers", .texts)]),
    SieveSyntaxVerb(
      .command, "extracttext", ["extracttext"], [.variableName],
      tags: [SieveSyntaxTag("first", .number)] + .modifiers),

    // RFC 6558.
    SieveSyntaxVerb(.command, "convert", ["convert"], [.text, .text, .texts]),
    SieveSyntaxVerb(.test, "convert", ["convert"], [.text, .text, .texts]),

    // draft-ietf-extra-sieve-snooze.
    SieveSyntaxVerb(
      .command, "snooze", ["snooze", "vnd.cyrus.snooze"], [.texts],
      tags: [
        SieveSyntaxTag("mailbox", .text), SieveSyntaxTag("addflags", .texts),
        SieveSyntaxTag("removeflags", .texts), SieveSyntaxTag("weekdays", .texts),
        SieveSyntaxTag("tzid", .text), SieveSyntaxTag("create", needs: "mailbox"),
        SieveSyntaxTag("specialuse", .text, needs: "special-use"),
        SieveSyntaxTag("mailboxid", .text, needs: "mailboxid"),
      ]),
  ]

  /// RFC 5232 section 3: with variables, the name of one may stand first.
  private static func flagCommand(_ name: String) -> SieveSyntaxVerb {
    SieveSyntaxVerb(.command, name, ["imap4flags"], [.texts]).with { $0.leading = .variableName }
  }
}
