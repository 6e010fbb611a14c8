// The extensions that answer, refuse and notify, as rules.

extension SieveSyntaxVerb {
  static let answers: [SieveSyntaxVerb] = [
    // RFC 5429.
    SieveSyntaxVerb(.command, "reject", ["reject"], [.text]),
    SieveSyntaxVerb(.command, "ereject", ["ereject"], [.text]),

    // RFC 5230; RFC 6131, which brings vacation along.
    SieveSyntaxVerb(
      .command, "vacation", ["vacation", "vacation-seconds"], [.text],
      tags: [
        SieveSyntaxTag("days", .number, group: "period"),
        SieveSyntaxTag("seconds", .number, group: "period", needs: "vacation-seconds"),
        SieveSyntaxTag("subject", .text), SieveSyntaxTag("from", .address),
        SieveSyntaxTag("addresses", .texts), SieveSyntaxTag("mime"),
        SieveSyntaxTag("handle", .text),
      ] + .fileCarbonCopy),

    // RFC 5435, and the draft before it.
    SieveSyntaxVerb(
      .command, "notify", ["enotify"], [.notifyMethod],
      tags: [
        SieveSyntaxTag("from", .notifySender), SieveSyntaxTag("importance", .importance),
        SieveSyntaxTag("options", .notifyOptions), SieveSyntaxTag("message", .text),
      ] + .fileCarbonCopy),
    SieveSyntaxVerb(.test, "valid_notify_method", ["enotify"], [.texts]),
    SieveSyntaxVerb(
      .test, "notify_method_capability", ["enotify"], [.text, .text, .texts], tags: .match),
    SieveSyntaxVerb(
      .command, "notify", ["notify"],
      tags: [
        SieveSyntaxTag("method", .text), SieveSyntaxTag("id", .text),
        SieveSyntaxTag("options", .recipients), SieveSyntaxTag("message", .text),
      ] + .oldPriority),
    SieveSyntaxVerb(
      .command, "denotify", ["notify"],
      tags: [
        SieveSyntaxTag("is", .text, group: SieveSyntaxTag.matchGroup),
        SieveSyntaxTag("contains", .text, group: SieveSyntaxTag.matchGroup),
        SieveSyntaxTag("matches", .text, group: SieveSyntaxTag.matchGroup),
      ] + .oldPriority),

    // RFC 9671.
    SieveSyntaxVerb(
      .command, "processcalendar", ["processcalendar"],
      tags: [
        SieveSyntaxTag("allowpublic"), SieveSyntaxTag("addresses", .texts),
        SieveSyntaxTag("updatesonly", group: "way with new events"),
        SieveSyntaxTag("calendarid", .text, group: "way with new events"),
        SieveSyntaxTag("deletecanceled"), SieveSyntaxTag("organizers", .text, needs: "extlists"),
        SieveSyntaxTag("outcome", .variableName, needs: "variables"),
        SieveSyntaxTag("reason", .variableName, needs: "variables"),
      ]),
  ]
}
