import Foundation
import Testing

@testable import WebConnector

/// Many clients at once.
@Suite struct CrowdTests {
    /// More connections than are taken, none of which says anything, and one client that has work to do.
    @Test func aCrowdThatSaysNothing() async throws {
        let before = residentKiB()
        try await TestServer.run(FakeSessions(), { $0.limits.first = .milliseconds(300) }) { port in
            async let silent = withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await Crowd(port: port).hold(125) } }
                return try await group.reduce(0, +)
            }
            let got = try await RawClient(port: port).post(Wire.call(.serverVersion))
            #expect(got.contains("Plumbline test"))
            #expect(try await silent == 1_000)
            let after = try await RawClient(port: port).post(Wire.call(.serverVersion))
            #expect(after.contains("Plumbline test"))
        }
        let grown = residentKiB() - before
        #expect(grown < 64 * 1_024, "\(grown) KiB more than before")
    }

    /// Sessions beside one another over kept connections, each with answers of its own.
    @Test func manyAtOnce() async throws {
        let sessions = FakeSessions()
        try await TestServer.run(sessions) { port in
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<40 {
                    let steps = (0..<10).flatMap { round -> [RawClient.Step] in
                        let body = Wire.call(.closeConnection, [("ticket", "\(number)-\(round)")])
                        let head = RawClient.head("POST /webconnector", length: body.utf8.count, closes: round == 9)
                        return [.send(head + body), .readUntil("Closed \(number)-\(round).")]
                    }
                    group.addTask { try await RawClient(port: port).run(steps + [.readToEnd]) }
                }
                for try await got in group {
                    #expect(got.components(separatedBy: "HTTP/1.1 200 OK").count == 11)
                }
            }
        }
    }
}

/// Clients that connect and say nothing until they are ended.
private struct Crowd: Sendable {
    let port: Int

    /// Connects so many times on one thread, then waits for the end of each.
    func hold(_ count: Int) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let sockets = (0..<count).map { _ in RawClient.connected(port) }
                var ended = 0
                for socket in sockets {
                    var byte: UInt8 = 0
                    if recv(socket, &byte, 1, 0) <= 0 { ended += 1 }
                    close(socket)
                }
                continuation.resume(returning: ended)
            }
        }
    }
}
