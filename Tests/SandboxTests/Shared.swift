import Foundation

/// The reference data beside the checkout, and the programs that read it; tests that need them are skipped without.
enum Shared {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")

    static func schema(_ edition: String, _ version: Int) -> String {
        let name = edition == "us" ? "qbxmlops\(version).xsd" : "QBCqbxmlops\(version).xsd"
        return folder.appending(path: "qbxml/schema/\(edition)/\(name)").path
    }

    static let hasSchemas: Bool = {
        guard FileManager.default.fileExists(atPath: schema("us", 130)) else { return false }
        return (try? run("xmllint", ["--version"]).status) == 0
    }()

    static let simulator = folder.appending(path: "qbsim/qbsim.py").path

    static let hasSimulator: Bool = {
        guard hasSchemas, FileManager.default.fileExists(atPath: simulator) else { return false }
        return (try? run("python3", ["-c", "import lxml"]).status) == 0
    }()

    /// Runs a program with bytes on its standard input; returns its exit status and what it said.
    static func run(_ program: String, _ arguments: [String], input: [UInt8] = []) throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        let (source, sink) = (Pipe(), Pipe())
        process.standardInput = source
        process.standardOutput = sink
        process.standardError = sink
        try process.run()
        try source.fileHandleForWriting.write(contentsOf: Data(input))
        try source.fileHandleForWriting.close()
        let output = try sink.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
