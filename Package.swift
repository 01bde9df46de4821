// swift-tools-version: 6.1
import Glibc
import PackageDescription

// Of all that the packages and Swift's libraries bring, what nothing reaches is left out, and equal functions are kept once.
// Addresses that are set at the start are written short where the C library reads that, from 2.36 on. Fewer pages of the
// program are in memory so: see docs/PERFORMANCE.md.
var small = ["-use-ld=lld"] + ["--gc-sections", "--no-export-dynamic", "--icf=all"].flatMap { ["-Xlinker", $0] }
var library = [CChar](repeating: 0, count: 64)
confstr(Int32(_CS_GNU_LIBC_VERSION), &library, library.count)
if atoi(Array(library.dropFirst("glibc 2.".utf8.count))) >= 36 {
    small += ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]
}

let package = Package(
    name: "plumbline",
    products: [
        .executable(name: "plumbline", targets: ["plumbline"]),
        // What Fuzz, a package of its own, tries with bytes that nobody would write.
        .library(name: "Readers", targets: ["Domain", "Procore", "QBXML", "Converters"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // The words both sides share.
        .target(name: "Domain", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),

        // The two vocabularies.
        .target(name: "Procore", dependencies: ["Domain"]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "QBXML", dependencies: ["Domain", "CLibXML2"]),

        // From one to the other.
        .target(name: "Converters", dependencies: ["Domain", "Procore", "QBXML"]),

        // What is remembered, and the folders.
        .target(name: "CSQLiteMemory", linkerSettings: [.linkedLibrary("sqlite3")]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .target(
            name: "SyncLedger",
            dependencies: [
                "CSQLiteMemory",
                "CZlib", "CZstd", "Domain", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(name: "CLinux"),
        .systemLibrary(name: "CInotifyTools", providers: [.apt(["libinotifytools0-dev"])]),
        .target(name: "DropFolder", dependencies: ["Domain", "CLinux", "CInotifyTools"]),

        // The flow, and the commands.
        .target(
            name: "Pipeline",
            dependencies: [
                "Domain", "Procore", "QBXML", "Converters", "SyncLedger", "DropFolder", "WebConnector",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "Sandbox",
            dependencies: ["Domain", "QBXML", .product(name: "GRDB", package: "GRDB.swift")]),
        // What carries the files: the QuickBooks Web Connector's side of SOAP.
        .target(
            name: "WebConnector",
            dependencies: [
                "Domain", "QBXML", "DropFolder",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "_CryptoExtras", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        // What calls that server, with a sandbox company for QuickBooks.
        .target(
            name: "SandboxConnector",
            dependencies: [
                "Domain", "QBXML", "Sandbox", "WebConnector",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        // What carries the files: Procore's API.
        .target(
            name: "ProcoreCarrier",
            dependencies: [
                "Domain", "Procore", "DropFolder", "SyncLedger",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "plumbline",
            dependencies: [
                "Pipeline", "Sandbox", "SandboxConnector", "ProcoreCarrier", "WebConnector", "SyncLedger", "Converters",
                "Domain", "DropFolder", "Procore", "QBXML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            linkerSettings: [.unsafeFlags(small, .when(configuration: .release))]),
        // What the tests share: invented values that come again with their seed.
        .target(name: "Seeds", path: "Tests/Seeds"),
        .testTarget(name: "ProcoreTests", dependencies: ["Procore", "Seeds"]),
        .testTarget(name: "DomainTests", dependencies: ["Domain", "Seeds"]),
        .testTarget(name: "QBXMLTests", dependencies: ["QBXML", "Seeds"]),
        .testTarget(
            name: "SyncLedgerTests",
            dependencies: [
                "SyncLedger", "Domain", "Seeds", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            exclude: ["Released"]),
        .testTarget(name: "ConvertersTests", dependencies: ["Converters", "Domain", "Procore", "QBXML", "Seeds"]),
        .testTarget(name: "DropFolderTests", dependencies: ["DropFolder", "Domain"]),
        .testTarget(
            name: "PipelineTests",
            dependencies: [
                "Pipeline", "Sandbox", "Converters", "SyncLedger", "DropFolder", "QBXML", "Procore", "Domain",
                "WebConnector",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Fixtures"]),
        .testTarget(name: "SandboxTests", dependencies: ["Sandbox", "QBXML", "Domain"]),
        .testTarget(
            name: "SandboxConnectorTests",
            dependencies: ["SandboxConnector", "Sandbox", "WebConnector", "Domain", "QBXML"]),
        .testTarget(
            name: "WebConnectorTests",
            dependencies: [
                "WebConnector", "QBXML", "Domain", "DropFolder",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            exclude: ["Clients"]),
        .testTarget(
            name: "ProcoreCarrierTests",
            dependencies: [
                "ProcoreCarrier", "SyncLedger", "Procore", "Domain", "DropFolder",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["fake_procore.py"]),
        .testTarget(name: "EndToEndTests", dependencies: ["plumbline", .product(name: "Yams", package: "Yams")]),
    ],
    swiftLanguageModes: [.v6]
)

// The plugin that `scripts/documentation` and the Swift Package Index build the documentation with. Nothing else needs it,
// so whoever only builds does not fetch it.
if Context.environment["PLUMBLINE_DOCUMENTATION"] != nil || Context.environment["SPI_BUILDER"] == "1" {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
