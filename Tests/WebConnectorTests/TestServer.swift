import Foundation
import Logging
import NIOCore
import ServiceLifecycle

@testable import WebConnector

/// A server on a port of its own, for as long as a test needs it.
enum TestServer {
    /// Runs a server, and gives what it logged.
    @discardableResult static func run(
        _ sessions: FakeSessions = FakeSessions(), certificate: WebConnectorSettings.Certificate? = nil,
        _ change: (inout WebConnectorSettings) -> Void = { _ in }, _ body: (Int) async throws -> Void
    ) async throws -> [String] {
        var settings = WebConnectorSettings(
            host: "127.0.0.1", port: 0, publicURL: "http://localhost/webconnector", certificate: certificate)
        change(&settings)
        let (lines, log) = AsyncStream<String>.makeStream()
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "test") { _ in StreamLog(lines: log) }
        let server = try WebConnectorServer(
            settings: settings, version: "Plumbline test", sessions: sessions, logger: logger,
            whenListening: { listening.yield($0) })
        let group = ServiceGroup(
            configuration: .init(services: [server], logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
            }
            for await port in ports {
                try await body(port)
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        log.finish()
        var said: [String] = []
        for await line in lines { said.append(line) }
        return said
    }
}

/// A log that a test reads afterwards.
private struct StreamLog: LogHandler {
    let lines: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let metadata = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        lines.yield("\(event.level) \(event.message) \(metadata)")
    }
}

/// A client that sends exactly what it is told, on a socket and a thread of its own.
struct RawClient: Sendable {
    enum Step: Sendable {
        case send(String)
        /// The same bytes so many times.
        case repeated([UInt8], Int)
        case readUntil(String)
        case readToEnd
        case endSending
    }

    let port: Int

    /// Takes the steps and gives all that was read.
    func run(_ steps: [Step]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work(steps)) }
        }
    }

    /// Sends one request and gives the answer.
    func post(_ body: String, path: String = "/webconnector", headers: [String] = []) async throws -> String {
        try await run([.send(Self.head("POST \(path)", length: body.utf8.count, headers) + body), .readToEnd])
    }

    static func head(_ line: String, length: Int?, _ headers: [String] = [], closes: Bool = true) -> String {
        var lines = ["\(line) HTTP/1.1", "Host: localhost", "Content-Type: text/xml; charset=utf-8"] + headers
        if let length { lines.append("Content-Length: \(length)") }
        if closes { lines.append("Connection: close") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    private func work(_ steps: [Step]) -> String {
        let descriptor = Self.connected(port)
        defer { close(descriptor) }
        var got: [UInt8] = []
        for step in steps {
            switch step {
            case .send(let text): Self.send(Array(text.utf8), descriptor)
            case .repeated(let bytes, let times): for _ in 0..<times { Self.send(bytes, descriptor) }
            case .readUntil(let mark):
                while !String(decoding: got, as: UTF8.self).contains(mark), Self.receive(&got, descriptor) {}
            case .readToEnd: while Self.receive(&got, descriptor) {}
            case .endSending: shutdown(descriptor, Int32(SHUT_WR))
            }
        }
        return String(decoding: got, as: UTF8.self)
    }

    /// A socket that is connected; what is read from it ends where it is not.
    static func connected(_ port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        // Ends a test that would hang; nothing is measured by it.
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }

    private static func send(_ bytes: [UInt8], _ descriptor: Int32) {
        var done = 0
        while done < bytes.count {
            let wrote = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, Int32(MSG_NOSIGNAL))
            }
            guard wrote > 0 else { return }
            done += wrote
        }
    }

    private static func receive(_ got: inout [UInt8], _ descriptor: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        got += buffer[..<count]
        return true
    }
}

extension String {
    /// The body of an HTTP answer.
    var body: String { range(of: "\r\n\r\n").map { String(self[$0.upperBound...]) } ?? "" }
    /// Its head.
    var head: String { range(of: "\r\n\r\n").map { String(self[..<$0.lowerBound]) } ?? self }
}

/// Programs that tests run.
enum Program {
    /// Runs a program on a thread of its own, so that the server goes on.
    static func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try result(program, arguments) }) }
        }
    }

    /// Runs a program and gives what it said, errors and all.
    static func result(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
