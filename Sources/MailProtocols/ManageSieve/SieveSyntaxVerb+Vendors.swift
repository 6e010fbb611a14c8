// What Dovecot and Cyrus add of their own, as rules.

extension SieveSyntaxVerb {
  private static let program: [SieveSyntaxValue] = [.programName, .texts]

  static let vendors: [SieveSyntaxVerb] = [
    SieveSyntaxVerb(
      .command, "pipe", ["vnd.dovecot.pipe"], program,
      tags: [SieveSyntaxTag("copy", needs: "copy"), SieveSyntaxTag("try")]
    ).with { $0.optionalCount = 1 },
    SieveSyntaxVerb(.command, "filter", ["vnd.dovecot.filter"], program)
      .with { $0.optionalCount = 1 },
    SieveSyntaxVerb(.test, "filter", ["vnd.dovecot.filter"], program)
      .with { $0.optionalCount = 1 },
    execute(.command), execute(.test),
    SieveSyntaxVerb(.command, "debug_log", ["vnd.dovecot.debug"], [.text]),
    SieveSyntaxVerb(
      .command, "report", ["vnd.dovecot.report"], [.text, .text, .address],
      tags: [SieveSyntaxTag("headers_only")]),
    SieveSyntaxVerb(.command, "log", ["vnd.cyrus.log"], [.text]),
    SieveSyntaxVerb(.test, "jmapquery", ["vnd.cyrus.jmapquery"], [.text]),
  ]

  private static func execute(_ role: Role) -> SieveSyntaxVerb {
    SieveSyntaxVerb(
      role, "execute", ["vnd.dovecot.execute"], program,
      tags: [
        SieveSyntaxTag("input", .text, group: "input"), SieveSyntaxTag("pipe", group: "input"),
        SieveSyntaxTag("output", .variableName, needs: "variables"),
      ]
    ).with { $0.optionalCount = 1 }
  }
}
