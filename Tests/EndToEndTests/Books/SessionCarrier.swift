import Foundation
import Testing

/// Carries a root's documents to the stand-in through sessions of `plumbline webconnector`, over TLS. The client is a
/// process of its own (`Tests/WebConnector/carrier.py`), which also starts the server and ends it.
final class SessionCarrier {
    /// What one update did.
    struct Update: Decodable {
        /// Where the connector died; nil: it did not.
        var killed: String?
        /// How many documents were answered.
        var documents: Int
        /// What `receiveResponseXML` said each time.
        var percent: [Int]?
        /// What `closeConnection` said.
        var closed: String?
        /// What `getLastError` said.
        var error: String?
        /// What `authenticate` said besides the ticket: `none` where nothing is to be done.
        var answer: [String]?
    }

    struct Broken: Error, CustomStringConvertible { var description: String }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let log: String
    private var buffer: [UInt8] = []

    /// The python3 that has the clients of others.
    static let python = ProcessInfo.processInfo.environment["PLUMBLINE_PYTHON"] ?? "python3"

    /// Whether a module of Python's is there.
    static func has(_ module: String) -> Bool {
        (try? Tool.run("/usr/bin/env", [python, "-c", "import lxml, \(module)"]).status) == 0
    }

    /// Starts the server and the client.
    /// - Parameters:
    ///   - client: its name in `Tests/WebConnector/foreign.py`.
    ///   - faults: what goes wrong, as the stand-in has it.
    init(_ client: String, _ root: TestRoot, faults: [String] = []) throws {
        log = root.path + "/carrier.log"
        try "".write(toFile: log, atomically: false, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "PLUMBLINE=\(Tool.plumbline)", Self.python, Repository.path + "/Tests/WebConnector/carrier.py", client,
                root.path, root.path + "/c.qbs",
            ] + faults
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        guard try line() == "ready" else { throw Broken(description: "It is not ready.") }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    private func line() throws -> String {
        while !buffer.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else {
                throw Broken(description: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "It said nothing.")
            }
            buffer += more
        }
        let line = buffer.prefix { $0 != UInt8(ascii: "\n") }
        buffer.removeFirst(line.count + 1)
        return String(decoding: line, as: UTF8.self)
    }

    /// Lets the client update once.
    func update() throws -> Update {
        try input.fileHandleForWriting.write(contentsOf: Data("update\n".utf8))
        return try JSONDecoder().decode(Update.self, from: Data(line().utf8))
    }

    /// Ends client and server.
    /// - Returns: the server's exit status.
    func end() throws -> Int32 {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
