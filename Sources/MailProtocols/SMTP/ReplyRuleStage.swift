// The points of a dialogue that scripted answers name. smtp-sink(1), RULES.

/// Where in the dialogue a rule is asked.
package enum ReplyRuleStage: Int, CaseIterable, Sendable {
  case connect
  /// A PROXY header was read, before the greeting.
  case proxy
  case helo
  case ehlo
  case lhlo
  case startTLS
  case auth
  case mail
  case rcpt
  case data
  /// A chunk of BDAT, the last one included.
  case bdat
  /// The end of the data, by DATA or by the last BDAT; under LMTP once a recipient.
  case endOfData
  case rset
  case noop
  case vrfy
  case expn
  case help
  case quit
  case xclient
  /// A verb that nobody knows.
  case unknown

  /// The word in rules and events: the verb in lower case, or `.` for the end of the data.
  package var name: String {
    switch self {
    case .connect: "connect"
    case .proxy: "proxy"
    case .helo: "helo"
    case .ehlo: "ehlo"
    case .lhlo: "lhlo"
    case .startTLS: "starttls"
    case .auth: "auth"
    case .mail: "mail"
    case .rcpt: "rcpt"
    case .data: "data"
    case .bdat: "bdat"
    case .endOfData: "."
    case .rset: "rset"
    case .noop: "noop"
    case .vrfy: "vrfy"
    case .expn: "expn"
    case .help: "help"
    case .quit: "quit"
    case .xclient: "xclient"
    case .unknown: "unknown"
    }
  }

  /// What can be known about a dialogue; a condition on anything else could never hold.
  struct Facts: OptionSet {
    let rawValue: UInt8
    static let client = Facts(rawValue: 1)
    static let tls = Facts(rawValue: 2)
    static let helo = Facts(rawValue: 4)
    static let user = Facts(rawValue: 8)
    static let sender = Facts(rawValue: 16)
    static let recipient = Facts(rawValue: 32)
    static let size = Facts(rawValue: 64)
    static let greeted: Facts = [.client, .tls, .helo, .user]
    static let transaction: Facts = [.client, .tls, .helo, .user, .sender, .recipient]
    static let message: Facts = [.client, .tls, .helo, .user, .sender, .recipient, .size]
  }

  /// What can be known at this stage. MAIL knows its own sender and what SIZE= declares, not yet a
  /// recipient; commands that may come inside a transaction know it.
  var facts: Facts {
    switch self {
    case .connect: [.client, .tls]
    case .proxy: .client
    case .auth, .xclient: .greeted
    case .mail: [.client, .tls, .helo, .user, .sender, .size]
    case .rcpt, .data, .bdat, .endOfData: .message
    case .helo, .ehlo, .lhlo, .startTLS, .rset, .noop, .vrfy, .expn, .help, .quit, .unknown:
      .transaction
    }
  }
}

/// The stages that one rule is for.
package enum ReplyRuleScope: Hashable, Sendable {
  /// Every command, known or not, and the end of the data; not `connect` and `proxy`, where the
  /// client has not said anything.
  case any
  case only(ReplyRuleStage)

  /// The word in a rule.
  package var name: String {
    switch self {
    case .any: "any"
    case .only(let stage): stage.name
    }
  }

  /// Reads the word, in either case.
  init?(_ word: String) {
    let word = word.lowercased()
    if word == "any" {
      self = .any
    } else if let stage = ReplyRuleStage.allCases.first(where: { $0.name == word }) {
      self = .only(stage)
    } else {
      return nil
    }
  }

  package func includes(_ stage: ReplyRuleStage) -> Bool {
    switch self {
    case .any: stage != .connect && stage != .proxy
    case .only(let only): only == stage
    }
  }

  var facts: ReplyRuleStage.Facts {
    switch self {
    case .any: .message
    case .only(let stage): stage.facts
    }
  }
}
