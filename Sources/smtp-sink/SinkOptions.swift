// The options of smtp-sink, by subject. smtp-sink(1) says the same at length; a test holds the two
// against each other. Postfix's letters stand beside our names where the two agree.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct ListenOptions: ParsableArguments {
  @Flag(name: .customShort("4"), help: "Listen at IPv4 addresses alone.")
  var ipv4 = false

  @Flag(name: .customShort("6"), help: "Listen at IPv6 addresses alone.")
  var ipv6 = false

  @Option(
    name: [.long, .customShort("m")],
    help: ArgumentHelp("Serve N clients at once; more wait in the queue.", valueName: "n"))
  var maxConnections = 1024

  @Option(
    name: .long, help: ArgumentHelp("Write HOST:PORT there when listening.", valueName: "file"))
  var portFile: String?

  @Option(
    name: .long, help: ArgumentHelp("Write HOST:PORT there when listening.", valueName: "fd"))
  var readyFd: Int32?

  @Option(
    name: [.long, .customShort("u")],
    help: ArgumentHelp("Become this user once the sockets are open.", valueName: "user[:group]"))
  var runAs: String?

  @Option(
    name: [.long, .customShort("R")],
    help: ArgumentHelp("Change the root directory once the sockets are open.", valueName: "dir"))
  var chroot: String?

  @Option(
    name: [.long, .customShort("t")],
    help: ArgumentHelp("The longest silence of a client.", valueName: "dur"))
  var timeout = TimeSpan(.seconds(300))

  @Option(
    name: .long,
    help: ArgumentHelp("How long transactions may take to end on SIGTERM.", valueName: "dur"))
  var drain = TimeSpan(.seconds(10))
}

struct DialogueOptions: ParsableArguments {
  @Option(
    name: [.long, .customShort("h")],
    help: ArgumentHelp("The name in the greeting and EHLO.", valueName: "name"))
  var hostname: String?

  @Option(name: .long, help: ArgumentHelp("The rest of the 220 line.", valueName: "text"))
  var ident: String?

  @Flag(name: [.long, .customShort("L")], help: "Speak LMTP instead of SMTP.")
  var lmtp = false

  @Option(
    name: .long,
    help: ArgumentHelp("Octets of a message, k M G; 0 is any number.", valueName: "n"))
  var size = ByteSize(byteCount: 33_554_432)

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("Neither announce nor accept these keywords.", valueName: "kw[,kw]"))
  var disable: [String] = []

  @Flag(name: .customShort("8"), help: "As --disable 8BITMIME.")
  var disableEightBitMIME = false

  @Flag(name: .customShort("N"), help: "As --disable DSN.")
  var disableDSN = false

  @Flag(name: .customShort("p"), help: "As --disable PIPELINING.")
  var disablePipelining = false

  @Flag(name: .customShort("E"), help: "As --disable ENHANCEDSTATUSCODES.")
  var disableEnhancedStatusCodes = false

  @Flag(name: [.customLong("no-esmtp"), .customShort("e")], help: "Refuse EHLO.")
  var noESMTP = false

  @Flag(name: [.long, .customShort("P")], help: "Refuse EHLO, and greet with stars.")
  var pix = false

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("One more line of the EHLO reply.", valueName: "line"))
  var ehloAdd: [String] = []

  @Flag(name: .long, help: "Hold commands to the letter of RFC 5321.")
  var strict = false

  @Option(
    name: .long,
    help: ArgumentHelp("What to do about a bare CR or LF.", valueName: "policy"))
  var bareNewline = BareNewlinePolicy.reject
}

struct LoginOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("Users who may log in: USER:PASSWORD lines.", valueName: "file|fd:n"))
  var authUsers: String?

  @Flag(name: .long, help: "Let anybody log in, with anything.")
  var authAny = false

  @Option(
    name: .long,
    help: ArgumentHelp("Offer these mechanisms alone.", valueName: "mech[,mech]"))
  var authMechanisms: String?

  @Flag(name: .long, help: "Offer mechanisms that send the secret without TLS, too.")
  var authPlaintext = false

  @Flag(name: .long, help: "Take no mail without a login.")
  var requireAuth = false
}

struct LimitOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Octets of a command line.", valueName: "n"))
  var limitCommand = ByteSize(byteCount: 2048)

  @Option(name: .long, help: ArgumentHelp("Octets of a line of AUTH.", valueName: "n"))
  var limitAuthLine = ByteSize(byteCount: 12_288)

  @Option(
    name: .long, help: ArgumentHelp("Octets of a line of data; 0 is any number.", valueName: "n"))
  var limitLine = ByteSize(byteCount: 0)

  @Option(
    name: .long, help: ArgumentHelp("Octets of a local part; 0 is any number.", valueName: "n"))
  var limitLocalPart = ByteSize(byteCount: 0)

  @Option(name: .long, help: ArgumentHelp("Recipients of a message.", valueName: "n"))
  var limitRecipients = 10_000

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("Calls of a command in a session.", valueName: "n|cmd=n,*=n"))
  var limitCommands: [String] = []

  @Option(name: .long, help: ArgumentHelp("Unknown commands in a session.", valueName: "n"))
  var limitUnknown = 20

  @Option(
    name: .long, help: ArgumentHelp("Octets of header kept for events.", valueName: "n"))
  var limitHeaders = ByteSize(byteCount: 65_536)
}

struct StoreOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("Deliver into this Maildir, made if need be.", valueName: "dir")
  )
  var maildir: String?

  @Option(
    name: .long,
    help: ArgumentHelp("A Maildir below that one for each of these.", valueName: "what"))
  var split: SinkSplit?

  @Option(name: .long, help: ArgumentHelp("Append to this mbox.", valueName: "file"))
  var mbox: String?

  @Option(
    name: [.long, .customShort("d")],
    help: ArgumentHelp(
      "Write each message to a file named by strftime(3) and a number.", valueName: "template"))
  var dump: String?

  @Option(
    name: [.long, .customShort("D")],
    help: ArgumentHelp(
      "Append messages to a file named by strftime(3).", valueName: "template"))
  var dumpAll: String?

  @Option(
    name: [.long, .customShort("S")], parsing: .unconditional,
    help: ArgumentHelp("What stands before each message of a dump.", valueName: "text"))
  var dumpStart: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Run this for each message, which is its input.", valueName: "cmd"))
  var exec: String?

  @Option(
    name: .long,
    help: ArgumentHelp("What is flushed to disk before the 250.", valueName: "level"))
  var sync = DurabilityLevel.full

  @Option(
    name: .long, help: ArgumentHelp("Line ends of stored messages.", valueName: "lf|crlf"))
  var eol = LineEnds.lf

  @Flag(name: .long, help: "Add Return-Path, Delivered-To and Received.")
  var envelopeHeaders = false
}

struct OutputOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("What stdout carries for each message.", valueName: "what"))
  var print: PrintStyle?

  @Flag(name: .long, help: "Events as JSON lines on stdout.")
  var json = false

  @Flag(name: .customShort("0"), help: "End records with NUL.")
  var nul = false

  @Option(
    name: .long, help: ArgumentHelp("Append events as JSON lines there.", valueName: "file|fd:n"))
  var events: String?

  @Option(
    name: .long, help: ArgumentHelp("Append the dialogues there.", valueName: "file|fd:n"))
  var trace: String?

  @Flag(name: .shortAndLong, help: "Say more; twice for the dialogues.")
  var verbose: Int

  @Flag(name: .shortAndLong, help: "Say less.")
  var quiet: Int
}

struct EndOptions: ParsableArguments {
  @Option(
    name: [.long, .customShort("M")],
    help: ArgumentHelp("Stop after N messages.", valueName: "n"))
  var count: Int?

  @Option(
    name: [.long, .customShort("n")],
    help: ArgumentHelp("Stop after N sessions.", valueName: "n"))
  var sessions: Int?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The longest wait for --count, --sessions and --expect.", valueName: "dur"))
  var wait: TimeSpan?

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("A message that must come; smtp-sink(1).", valueName: "expr"))
  var expect: [String] = []
}

/// What stdout carries for each message.
enum PrintStyle: String, ExpressibleByArgument, CaseIterable, Sendable {
  case path
  case line
  case message
  case none
}

/// How lines of stored and printed messages end.
enum LineEnds: String, ExpressibleByArgument, CaseIterable, Sendable {
  case lf
  case crlf
}

extension BareNewlinePolicy: ExpressibleByArgument {}
extension DurabilityLevel: ExpressibleByArgument {}
