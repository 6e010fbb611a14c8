import ArgumentParser
import Glibc
import MailIO
import TestSupport
import Testing
import ToolSupport

@Suite("TLS client options")
struct TLSClientOptionsTests {
  @Test("without options the system's authorities are trusted, from TLS 1.2 on")
  func defaults() throws {
    let options = try TLSClientOptions.parse([])
    #expect(options.tlsMin == .tls12 && !options.noVerify && options.pin.isEmpty)
    _ = try options.context(applicationProtocols: ["imap"])
  }

  @Test(
    "values that ArgumentParser refuses",
    arguments: [
      ["--pin", "sha256//x"], ["--pin", "md5//AAAA"], ["--pin", ""], ["--tls-min", "1.4"],
      ["--tls-min", "tls1.2"], ["--no-verify=yes"], ["--cert"],
    ])
  func unparsable(arguments: [String]) {
    #expect(throws: (any Error).self) { try TLSClientOptions.parse(arguments) }
  }

  @Test(
    "options that do not go together, and names that are none, are 64",
    arguments: [
      (["--key", "k"], "--key needs --cert"),
      (
        ["--no-verify", "--ca-file", "f"],
        "--no-verify trusts anybody: it goes with neither --ca-file nor --ca-path"
      ),
      (
        ["--no-verify", "--ca-path", "p"],
        "--no-verify trusts anybody: it goes with neither --ca-file nor --ca-path"
      ),
      (["--tls-name", "a b"], "--tls-name: neither a host name nor an address: a b"),
      (["--tls-name", ""], "--tls-name: neither a host name nor an address: "),
    ])
  func usage(arguments: [String], line: String) throws {
    let options = try TLSClientOptions.parse(arguments)
    #expect(throws: ToolFailure(.usage, line)) { try options.context() }
  }

  @Test("a host that is none is 64")
  func host() throws {
    let options = try TLSClientOptions.parse([])
    #expect(throws: ToolFailure(.usage, "neither a host name nor an address: a/b")) {
      try options.expectedHost(of: "a/b")
    }
    #expect(try options.expectedHost(of: "[::1]") == .address("::1"))
  }

  @Test("files that cannot be used are 78, and are named")
  func files() throws {
    let scratch = ScratchDirectory()
    scratch.write("nothing", to: "text")
    let good = CertificateFixture.path("good.pem")
    let missing = scratch["missing"]
    for (arguments, file) in [
      (["--ca-file", missing], missing), (["--ca-path", missing], missing),
      (["--ca-file", scratch["text"]], scratch["text"]), (["--cert", missing], missing),
      (["--cert", good, "--key", missing], missing),
      // The certificate's own file holds no key.
      (["--cert", good], good),
      (["--cert", good, "--key", CertificateFixture.path("own.key")], "own.key"),
    ] {
      let options = try TLSClientOptions.parse(arguments)
      let failure = #expect(throws: ToolFailure.self) { _ = try options.context() }
      #expect(failure?.status == .configuration)
      #expect(failure?.message.hasPrefix("TLS: ") == true)
      #expect(failure?.message.contains(file) == true, "\(failure?.message ?? "")")
    }
  }

  @Test("a certificate with its key in one file, or in two")
  func identity() throws {
    let scratch = ScratchDirectory()
    let both = ["good.pem", "good.key"].map {
      String(decoding: ScratchDirectory.read(CertificateFixture.path($0)) ?? [], as: UTF8.self)
    }
    scratch.write(both.joined(), to: "both")
    chmod(scratch["both"], 0o600)
    _ = try TLSClientOptions.parse(["--cert", scratch["both"]]).context()
    _ = try TLSClientOptions.parse([
      "--cert", CertificateFixture.path("good.pem"), "--key", CertificateFixture.path("good.key"),
    ]).context()
  }
}
