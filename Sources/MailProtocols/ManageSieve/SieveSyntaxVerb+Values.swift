// The extensions that look at something else than header fields, and variables, as rules.

extension SieveSyntaxVerb {
  private static let zone = SieveSyntaxTag("zone", .text, group: "time zone")

  static let values: [SieveSyntaxVerb] = [
    // RFC 5229.
    SieveSyntaxVerb(.command, "set", ["variables"], [.variableName, .text], tags: .modifiers),
    SieveSyntaxVerb(.test, "string", ["variables"], [.texts, .texts], tags: .match),

    // RFC 5173, RFC 5183, RFC 5235, RFC 6134.
    SieveSyntaxVerb(
      .test, "body", ["body"], [.texts],
      tags: [
        SieveSyntaxTag("raw", group: "body transform"),
        SieveSyntaxTag("content", .texts, group: "body transform"),
        SieveSyntaxTag("text", group: "body transform"),
      ] + .match),
    SieveSyntaxVerb(
      .test, "environment", ["environment", "vnd.dovecot.environment"], [.text, .texts],
      tags: .match),
    SieveSyntaxVerb(
      .test, "spamtest", ["spamtest", "spamtestplus"], [.text],
      tags: [SieveSyntaxTag("percent", needs: "spamtestplus")] + .match),
    SieveSyntaxVerb(.test, "virustest", ["virustest"], [.text], tags: .match),
    SieveSyntaxVerb(.test, "valid_ext_list", ["extlists"], [.texts]),

    // RFC 5260.
    SieveSyntaxVerb(
      .test, "date", ["date"], [.headerName, .text, .texts],
      tags: [zone, SieveSyntaxTag("originalzone", group: "time zone")] + .match + .index),
    SieveSyntaxVerb(.test, "currentdate", ["date"], [.text, .texts], tags: [zone] + .match),

    // RFC 7352, and Pigeonhole's before it.
    SieveSyntaxVerb(
      .test, "duplicate", ["duplicate"],
      tags: [
        SieveSyntaxTag("handle", .text), SieveSyntaxTag("header", .headerName, group: "unique id"),
        SieveSyntaxTag("uniqueid", .text, group: "unique id"), SieveSyntaxTag("seconds", .number),
        SieveSyntaxTag("last"),
      ]),
    SieveSyntaxVerb(
      .test, "duplicate", ["vnd.dovecot.duplicate"],
      tags: [
        SieveSyntaxTag("handle", .text), SieveSyntaxTag("header", .headerName, group: "value"),
        SieveSyntaxTag("value", .text, group: "value"), SieveSyntaxTag("seconds", .number),
        SieveSyntaxTag("last"),
      ]),
  ]
}
