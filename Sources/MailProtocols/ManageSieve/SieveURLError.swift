// Why a text is no URL for us. Says nothing of the text: there may be a password in it.

/// What is wrong with a URL.
package enum SieveURLError: String, Error, Equatable, Sendable, CustomStringConvertible {
  case tooLong = "the URL is too long"
  case scheme = "the URL is not of sieve://, sieves:// or sieve+insecure://"
  case password = "a password in a URL can be seen by others"
  case userinfo = "the part before @ is neither USER nor USER;AUTH=MECHANISM"
  case host = "the URL names no host"
  case port = "the port is not 1 to 65535"
  case escape = "a % without two digits behind it, or one that stands for NUL"
  case notUTF8 = "the user or the owner is not UTF-8"
  case character = "a character that must be written as %XX"
  case path = "the path is not [OWNER/]SCRIPT"
  case scriptInReferral = "a referral to a script"

  /// A clause about the URL.
  package var description: String { rawValue }
}
