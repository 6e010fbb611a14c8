// The options that all commands of sievectl share, by subject. sievectl(1) says the same at length.

internal import ArgumentParser
internal import MailProtocols
internal import ToolSupport

/// All of them.
struct SharedOptions: ParsableArguments {
  @OptionGroup(title: "Accounts") var account: AccountOptions
  @OptionGroup(title: "Logging in") var credentials: CredentialOptions
  @OptionGroup(title: "Logging in") var login: SieveLoginOptions
  @OptionGroup(title: "TLS") var tls: TLSClientOptions
  @OptionGroup(title: "The way to the server") var route: RouteOptions
  @OptionGroup(title: "The way to the server") var timing: TimingOptions
  @OptionGroup(title: "Changes") var changes: ChangeOptions
  @OptionGroup(title: "Limits") var limits: SieveLimitOptions
  @OptionGroup(title: "Output") var output: SieveOutputOptions
}

struct SieveLoginOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Whether to go where the server sends us.", valueName: "deny|same-domain|follow"))
  var referral = SieveReferralPolicy.Reach.sameDomain

  @Flag(name: .long, help: "Let passwords and tokens go over a line without TLS.")
  var cleartextAuth = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What to prepare by SASLprep (RFC 4013).", valueName: "none|usernames|passwords|all"))
  var saslprep = SASLprepChoice.all

  @Option(
    name: .long, help: ArgumentHelp("The least iterations of SCRAM.", valueName: "number"))
  var scramMinIterations = 4096

  @Option(
    name: .long, help: ArgumentHelp("The most iterations of SCRAM.", valueName: "number"))
  var scramMaxIterations = 10_000_000

  @Flag(name: .long, help: "Log in by a mechanism that is bound to the TLS connection, or not.")
  var requireChannelBinding = false
}

/// The value of --saslprep.
enum SASLprepChoice: String, ExpressibleByArgument, CaseIterable {
  case none, usernames, passwords, all

  var preparation: SASLPreparation {
    switch self {
    case .none: []
    case .usernames: .userNames
    case .passwords: .passwords
    case .all: .all
    }
  }
}

extension SieveReferralPolicy.Reach: ExpressibleByArgument {}

struct ChangeOptions: ParsableArguments {
  @Flag(
    name: [.customShort("n"), .long], help: "Say what would be changed, and change nothing.")
  var dryRun = false

  @Option(
    name: .long,
    help: ArgumentHelp("Keep so many copies of what is replaced.", valueName: "number"))
  var backup = 0

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Ask with HAVESPACE before scripts that are larger.", valueName: "size"))
  var checkSpace: ByteSize?
}

struct SieveLimitOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The longest script that is read.", valueName: "size"))
  var maxScript = ByteSize(byteCount: 16 << 20)

  @Option(
    name: .long, help: ArgumentHelp("The longest line of the server.", valueName: "size"))
  var limitLine = ByteSize(byteCount: 65536)

  @Option(
    name: .long, help: ArgumentHelp("The longest literal of the server.", valueName: "size"))
  var limitLiteral = ByteSize(byteCount: 64 << 20)

  @Option(
    name: .long,
    help: ArgumentHelp("The most lines of a response of the server.", valueName: "number"))
  var limitLines = 100_000

  @Option(name: .long, help: ArgumentHelp("Commands in flight.", valueName: "number"))
  var pipeline = 16
}

struct SieveOutputOptions: ParsableArguments {
  @Flag(name: .long, help: "JSON lines on stdout.")
  var json = false

  @Flag(name: .customShort("0"), help: "End records with NUL.")
  var nul = false

  @Flag(name: .shortAndLong, help: "Say more; twice for the dialogue.")
  var verbose: Int

  @Flag(name: .shortAndLong, help: "Say less.")
  var quiet: Int

  @Option(
    name: .long,
    help: ArgumentHelp("Append the dialogue there, secrets masked.", valueName: "file|fd:n"))
  var trace: String?

  var level: Diagnostics.Level {
    Diagnostics.Level(verboseCount: verbose, quietCount: quiet)
  }
}
