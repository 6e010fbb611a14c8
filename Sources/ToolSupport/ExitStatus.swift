// The exit statuses that all Postroom tools share: postroom(7) has the same table.
// The numbers from 64 on are those of sysexits.h.

/// How a tool ends: one number a cause, the same in every tool.
package enum ExitStatus: Int32, Sendable {
  /// Done; also when there was nothing to do.
  case success = 0
  /// The answer is no: differs, nothing matched, an expectation not met.
  case no = 1
  /// Some items failed, each named on stderr; the rest is done.
  case partial = 2
  /// The command line is wrong.
  case usage = 64
  /// Bad data was given to us: a rule, a scenario, a script, a message.
  case dataError = 65
  /// What was named does not exist.
  case noInput = 66
  /// A host name has no address.
  case noHost = 68
  /// The server says no: refused, capability missing, over quota.
  case refused = 69
  /// A bug here.
  case software = 70
  /// Cannot create: exists already, no permission, address in use.
  case cannotCreate = 73
  /// Local I/O failed.
  case ioError = 74
  /// Try later: network, time-out, 421, BYE, locked.
  case temporary = 75
  /// The peer broke the protocol.
  case protocolError = 76
  /// Authentication was refused.
  case authentication = 77
  /// Configuration is wrong, or credentials cannot be had.
  case configuration = 78
  /// The peer is not trusted: TLS, host name, pin, revocation.
  case untrusted = 79
}
