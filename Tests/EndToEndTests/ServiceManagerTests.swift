import Foundation
import Testing

/// `plumbline run` under a service manager, which is a datagram socket of the test's.
@Suite struct ServiceManagerTests {
    /// Receives what the daemon says, as systemd does.
    private struct Manager {
        let name: String
        private let descriptor: Int32

        /// - Parameter name: of the socket, as in `$NOTIFY_SOCKET`.
        init(_ name: String) throws {
            self.name = name
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = name.hasPrefix("@") ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8) + [0]
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
            let bound = withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(bound == 0, "bind: \(String(cString: strerror(errno)))")
            // A minute is what other tests wait at most, too.
            var patience = timeval(tv_sec: 60, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }

        func remove() {
            close(descriptor)
            if name.hasPrefix("/") { unlink(name) }
        }

        /// The lines of the next message; none when none came.
        func next() -> [String] {
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    private func start(_ roots: [TestRoot], _ manager: Manager, _ more: [String: String] = [:]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.plumbline)
        process.arguments = ["run"] + roots.flatMap { ["--root", $0.path] }
        process.environment = ProcessInfo.processInfo.environment.merging(["NOTIFY_SOCKET": manager.name]) { $1 }
            .merging(more) { $1 }
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func scratchName() -> String { "/tmp/plumbline-notify-\(UUID().uuidString)" }

    @Test(arguments: [scratchName(), "@plumbline-notify-\(UUID().uuidString)"])
    func readySignsOfLifeAndTheEndAreTold(_ name: String) async throws {
        let manager = try Manager(name)
        defer { manager.remove() }
        let roots = [try TestRoot(), try TestRoot(TestRoot.yaml.replacing("8089", with: "8090"))]
        defer { roots.forEach { $0.remove() } }
        let process = try start(roots, manager, ["WATCHDOG_USEC": "400000"])
        #expect(manager.next() == ["READY=1", "WATCHDOG=1", "STATUS=Watching 2 roots."])
        // Ready means watched: a file that is renamed into place now is taken without any other scan.
        try roots[1].drop(Exports.vendors(1...2), as: "procore/vendors.json")
        #expect(try await roots[1].wait { roots[1].requests.count == 1 })
        #expect(manager.next() == ["WATCHDOG=1"])
        #expect(manager.next() == ["WATCHDOG=1"])
        process.terminate()
        var last: [String] = []
        repeat { last = manager.next() } while last == ["WATCHDOG=1"]
        #expect(last == ["STOPPING=1", "STATUS=Finishing the file in hand."])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func eachRootsConfigurationIsReadAgainOnSIGHUP() async throws {
        let manager = try Manager(Self.scratchName())
        defer { manager.remove() }
        let roots = [try TestRoot(), try TestRoot(TestRoot.yaml.replacing("8089", with: "8090"))]
        defer { roots.forEach { $0.remove() } }
        let process = try start(roots, manager)
        defer { if process.isRunning { process.terminate() } }
        #expect(manager.next() == ["READY=1", "STATUS=Watching 2 roots."])
        for (root, more) in zip(roots, ["review: [vendors]", "reviews: [vendors]"]) {
            try (root.text("plumbline.yaml") + "\n\(more)\n").write(
                toFile: root.path + "/plumbline.yaml", atomically: true, encoding: .utf8)
        }
        kill(process.processIdentifier, SIGHUP)
        #expect(manager.next() == ["RELOADING=1"])
        let ready = manager.next()
        #expect(ready.first == "READY=1")
        let trouble = "STATUS=Watching 2 roots. \(roots[1].path): plumbline.yaml was read again and is not taken"
        #expect(ready.last?.hasPrefix(trouble) == true, "\(ready)")
        for root in roots { try root.drop(Exports.vendors(1...2), as: "procore/vendors.json") }
        #expect(try await roots[0].wait { roots[0].names("outbox/review").contains { $0.hasSuffix("-vendors.xml") } })
        #expect(try await roots[1].wait { roots[1].requests.count == 1 }, "the one before counts")
        #expect(roots[0].requests.isEmpty)
        #expect(roots[0].text("logs/plumbline.jsonl").contains("\"event\":\"configuration read\",\"changed\":true"))
        #expect(roots[1].text("logs/plumbline.jsonl").contains("There is no key reviews; did you mean review?"))
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func aWatchdogOfAnotherProcessIsNotFed() async throws {
        let manager = try Manager(Self.scratchName())
        defer { manager.remove() }
        let root = try TestRoot()
        defer { root.remove() }
        let process = try start([root], manager, ["WATCHDOG_USEC": "400000", "WATCHDOG_PID": "1"])
        #expect(manager.next() == ["READY=1", "STATUS=Watching 1 root."])
        process.terminate()
        #expect(manager.next() == ["STOPPING=1", "STATUS=Finishing the file in hand."])
        process.waitUntilExit()
    }

    @Test func aRootThatIsRefusedIsNeverReady() throws {
        let manager = try Manager(Self.scratchName())
        defer { manager.remove() }
        let root = try TestRoot("company_id: 8089\nno_such_key: 1")
        defer { root.remove() }
        let process = try start([root], manager)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        // What the unit must not restart.
        #expect(!manager.next().contains("READY=1"))
    }

    @Test func aManagerThatIsGoneKeepsNothingFromBeingDone() async throws {
        let manager = try Manager(Self.scratchName())
        manager.remove()
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Exports.vendors(1...2), as: "procore/vendors.json")
        let process = try start([root], manager)
        #expect(try await root.wait { root.requests.count == 1 })
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
