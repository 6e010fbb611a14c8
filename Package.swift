// swift-tools-version: 6.2
// Postroom: small tools for people who run and test mail. ARCHITECTURE.md has the picture.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "postroom",
  products: [
    .executable(name: "smtp-sink", targets: ["smtp-sink"]),
    .executable(name: "sievectl", targets: ["sievectl"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // C libraries of the system, and what the Glibc module leaves out of Linux.
    .systemLibrary(name: "CLinux"),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),

    // The protocols, pure; then what touches the system; then what a command line needs.
    .target(name: "MailProtocols", swiftSettings: strict),
    .target(
      name: "MailIO", dependencies: ["MailProtocols", "COpenSSL", "CLinux"], swiftSettings: strict),
    .target(
      name: "ToolSupport", dependencies: ["MailIO", "MailProtocols", "CLinux", argumentParser],
      swiftSettings: strict),

    // The tools.
    .executableTarget(
      name: "smtp-sink", dependencies: ["ToolSupport", "MailIO", "MailProtocols", argumentParser],
      swiftSettings: strict),
    .executableTarget(
      name: "sievectl",
      dependencies: ["ToolSupport", "MailIO", "MailProtocols", "CEdit", argumentParser],
      swiftSettings: strict),

    // What several suites need: directories, commands, certificates.
    .target(
      name: "TestSupport", dependencies: ["MailIO", "CLinux"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "MailProtocolsTests", dependencies: ["MailProtocols"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "MailIOTests", dependencies: ["TestSupport", "MailIO", "MailProtocols", "CLinux"],
      swiftSettings: strict),
    .testTarget(
      name: "ToolTests",
      dependencies: [
        "TestSupport", "ToolSupport", "MailIO", "MailProtocols", "CLinux", "smtp-sink", "sievectl",
        argumentParser,
      ],
      swiftSettings: strict),
  ]
)
