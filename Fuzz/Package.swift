// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that building Plumbline does not build it. `Fuzz/run` builds and runs it.
let package = Package(
    name: "plumbline-fuzz",
    dependencies: [.package(name: "plumbline", path: "..")],
    targets: [
        // What has to hold for any bytes. The recogniser's files are links to those of the pipeline, which needs the
        // ledger and would take minutes to build.
        .target(name: "Properties", dependencies: [.product(name: "Readers", package: "plumbline")]),
        // The entry that libFuzzer calls; built with --sanitize fuzzer, which brings the main function.
        .executableTarget(
            name: "fuzz", dependencies: ["Properties"], swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
        // The kept corpus once, on a system without libFuzzer.
        .executableTarget(name: "replay", dependencies: ["Properties"]),
    ],
    swiftLanguageModes: [.v6]
)
