#!/usr/bin/env bash
# Finding: a Hummingbird server that is told to have at most one connection (`availableConnectionsDelegate: .maximum(1)`)
# serves four, where several clients come while its event loop is busy.
#
# Seen with Hummingbird 2.28.1 on SwiftNIO 2.101.2 (Debian 12, amd64), eight clients that connect, and then ask, together:
#   at most 1, four accepted at a time: 4 of 8 are answered
#   at most 1, one accepted at a time: 1 of 8 are answered
# Expected: one of eight, the others once it has gone. What happens: SwiftNIO accepts up to `maxMessagesPerRead` connections
# (4 where nobody says otherwise) at a time, and Hummingbird is asked whether another may be accepted ahead of each time
# only. Setting that option of the listening channel to 1 when the server runs makes the limit exact.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p Sources/limit
cat > Package.swift <<'SWIFT'
// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "limit",
    platforms: [.macOS(.v14)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "limit",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ])
    ])
SWIFT
cat > Sources/limit/main.swift <<'SWIFT'
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix

/// A connection to the port, whose request is sent but not yet answered.
func ask(_ port: Int) -> Int32 {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    _ = "GET / HTTP/1.1\r\nHost: here\r\n\r\n".withCString { send(client, $0, strlen($0), 0) }
    return client
}

/// How many of eight clients that come at once are answered while all of them stay connected.
func answered(atATime most: UInt?) async throws -> Int {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let (counts, count) = AsyncStream.makeStream(of: Int.self)
    let router = Router()
    router.get("/") { _, _ in "yes" }
    let server = Application(
        responder: router.buildResponder(),
        configuration: .init(
            address: .hostname("127.0.0.1", port: 0),
            availableConnectionsDelegate: .maximum(1, logger: Logger(label: "limit"))),
        onServerRunning: { channel in
            if let most { try? await channel.setOption(.maxMessagesPerRead, value: most).get() }
            let port = channel.localAddress?.port ?? 0
            // The server begins once this has returned.
            Task.detached {
                // All of them stand in the system's queue when the loop looks at it next.
                let clients = (try? await channel.eventLoop.submit { (0..<8).map { _ in ask(port) } }.get()) ?? []
                // Nothing comes any more: a second without an answer.
                var asked = clients.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
                var got = 0
                while poll(&asked, nfds_t(asked.count), 1_000) > 0 {
                    got += asked.filter { $0.revents != 0 }.count
                    asked.removeAll { $0.revents != 0 }
                }
                clients.forEach { close($0) }
                count.yield(got)
            }
        },
        eventLoopGroupProvider: .shared(group))
    Task { try await server.runService(gracefulShutdownSignals: []) }
    for await got in counts { return got }
    return -1
}

// Each in a process of its own, which ends with the server still running.
let isOne = CommandLine.arguments.count > 1
let words = isOne ? "at most 1, one accepted at a time" : "at most 1, four accepted at a time"
print("\(words): \(try await answered(atATime: isOne ? 1 : nil)) of 8 are answered")
fflush(nil)
_exit(0)
SWIFT
swift build -q >log 2>&1 || {
    tail -n 20 log >&2
    echo "Hummingbird 2.28.1 cannot be had or built here." >&2
    exit 2
}
limit=$(swift build --show-bin-path)/limit
{ "$limit" && "$limit" one; } 2>/dev/null | tee seen
grep -q 'four accepted at a time: 4 of 8' seen && grep -q 'one accepted at a time: 1 of 8' seen || {
    echo "It has changed." >&2
    exit 1
}
