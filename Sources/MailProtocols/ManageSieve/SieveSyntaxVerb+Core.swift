// RFC 5228 sections 3 to 5 and what decides (RFC 5463, RFC 6609), as rules.

extension SieveSyntaxVerb {
  private static let sizeLimit = "limit"

  /// Control, actions and tests of RFC 5228, and the control commands of extensions.
  static let core: [SieveSyntaxVerb] = [
    // Control. What require and if do besides is in SieveSyntaxJudge.
    SieveSyntaxVerb(.command, "require", [], [.texts]),
    SieveSyntaxVerb(.command, "if").with {
      $0.tests = .one
      $0.takesBlock = true
    },
    SieveSyntaxVerb(.command, "elsif").with {
      $0.tests = .one
      $0.takesBlock = true
    },
    SieveSyntaxVerb(.command, "else").with { $0.takesBlock = true },
    SieveSyntaxVerb(.command, "stop"),
    SieveSyntaxVerb(.command, "error", ["ihave"], [.text]),
    SieveSyntaxVerb(
      .command, "include", ["include"], [.scriptName],
      tags: [
        SieveSyntaxTag("personal", group: "location"), SieveSyntaxTag("global", group: "location"),
        SieveSyntaxTag("once"), SieveSyntaxTag("optional"),
      ]),
    SieveSyntaxVerb(.command, "return", ["include"]),
    SieveSyntaxVerb(.command, "global", ["include"], [.variableNames]),
    // Drafts of RFC 6609 had these in the place of global.
    SieveSyntaxVerb(.command, "import", ["include"], [.variableNames]),
    SieveSyntaxVerb(.command, "export", ["include"], [.variableNames]),
    SieveSyntaxVerb(
      .command, "foreverypart", ["foreverypart"], tags: [SieveSyntaxTag("name", .text)]
    ).with { $0.takesBlock = true },
    SieveSyntaxVerb(.command, "break", ["foreverypart"], tags: [SieveSyntaxTag("name", .text)]),

    // Actions.
    SieveSyntaxVerb(
      .command, "redirect", [], [.address],
      tags: [
        SieveSyntaxTag("copy", needs: "copy"), SieveSyntaxTag("list", needs: "extlists"),
        // RFC 6009.
        SieveSyntaxTag("notify", .text, needs: "redirect-dsn"),
        SieveSyntaxTag("ret", .text, needs: "redirect-dsn"),
        SieveSyntaxTag(
          "bytimerelative", .number, group: "time to deliver by", needs: "redirect-deliverby"),
        SieveSyntaxTag(
          "bytimeabsolute", .text, group: "time to deliver by", needs: "redirect-deliverby"),
        SieveSyntaxTag("bymode", .text, needs: "redirect-deliverby"),
        SieveSyntaxTag("bytrace", needs: "redirect-deliverby"),
      ]),
    SieveSyntaxVerb(
      .command, "keep", tags: [SieveSyntaxTag("flags", .texts, needs: "imap4flags")]),
    SieveSyntaxVerb(.command, "discard"),

    // Tests.
    SieveSyntaxVerb(.test, "true"),
    SieveSyntaxVerb(.test, "false"),
    SieveSyntaxVerb(.test, "not").with { $0.tests = .one },
    SieveSyntaxVerb(.test, "allof").with { $0.tests = .list },
    SieveSyntaxVerb(.test, "anyof").with { $0.tests = .list },
    SieveSyntaxVerb(
      .test, "address", [], [.addressHeaders, .texts], tags: .match + .addressPart + .index + .mime),
    SieveSyntaxVerb(
      .test, "header", [], [.headerNames, .texts], tags: .match + .index + .mime + .mimeParts),
    SieveSyntaxVerb(.test, "exists", [], [.headerNames], tags: .mime),
    SieveSyntaxVerb(
      .test, "size", [], [.number],
      tags: [
        SieveSyntaxTag("over", group: sizeLimit), SieveSyntaxTag("under", group: sizeLimit),
      ]
    ).with { $0.neededGroup = sizeLimit },
    SieveSyntaxVerb(
      .test, "envelope", ["envelope"], [.envelopeParts, .texts], tags: .match + .addressPart),
    SieveSyntaxVerb(.test, "ihave", ["ihave"], [.texts]),
  ]
}
