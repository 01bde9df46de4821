import Foundation
import Testing

/// `plumbline run` with `serve: true` below `webconnector:`.
@Suite(.serialized, .enabled(if: Tool.hasPython)) struct ServedByRunTests {
    /// A port that nobody has at this moment.
    static func freePort() throws -> Int {
        let script = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
        let told = try Tool.run("/usr/bin/env", ["python3", "-c", script]).output
        return try #require(Int(told.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    static func yaml(port: Int, _ more: String = "", company: Int = 8089) -> String {
        TestRoot.yaml.replacingOccurrences(of: "8089", with: "\(company)")
            + "\nwebconnector:\n  serve: true\n  port: \(port)\n\(more)"
    }

    /// The status that a page answers; 0: nobody does.
    private func page(_ port: Int) throws -> Int {
        let script = """
            import urllib.request
            try: print(urllib.request.urlopen("http://127.0.0.1:\(port)/webconnector", timeout=5).status)
            except OSError: print(0)
            """
        let told = try Tool.run("/usr/bin/env", ["python3", "-c", script]).output
        return Int(told.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    @Test func theRootsAreWatchedAndServedByOneProcessThatEndsWithZero() async throws {
        let port = try Self.freePort()
        let root = try TestRoot(Self.yaml(port: port, "  metrics: true\n"))
        defer { root.remove() }
        let process = try root.start()
        defer { if process.isRunning { process.terminate() } }
        #expect(try await root.wait { (try? page(port)) == 200 })
        try root.drop(Exports.vendors(1...2), as: "procore/vendors.json")
        #expect(try await root.wait { root.requests.count == 1 })
        let script =
            "import urllib.request as u; print(u.urlopen('http://127.0.0.1:\(port)/metrics').read().decode(), end='')"
        let metrics = try Tool.run("/usr/bin/env", ["python3", "-c", script]).output
        #expect(metrics.contains("plumbline_served 1\n"))
        #expect(try root.run("health", "--prometheus").output == metrics, "the same as the command prints")
        let beside = try Tool.run(Tool.plumbline, ["webconnector", "serve", "--root", root.path])
        #expect(beside.status == 2)
        #expect(beside.output.contains("plumbline run serves the Web Connector already"))
        #expect(try page(port) == 200)

        let other = try TestRoot(Self.yaml(port: port, company: 8090))
        defer { other.remove() }
        try other.drop(Exports.vendors(3...4), as: "procore/vendors.json")
        let second = try Tool.run(Tool.plumbline, ["run", "--root", other.path])
        #expect(second.status == 2)
        #expect(second.output.contains("Port \(port) of 127.0.0.1 is taken"))
        #expect(other.names("inbox/procore") == ["vendors.json"], "nothing is taken by what cannot begin")

        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try page(port) == 0)
    }

    @Test func aServerOfItsOwnGoesByAConfigurationThatIsReadAgain() async throws {
        let port = try Self.freePort()
        let yaml = Self.yaml(port: port).replacingOccurrences(of: "  serve: true\n", with: "")
        let root = try TestRoot(yaml)
        defer { root.remove() }
        try root.run("once")
        let log = root.path + "/said"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.plumbline)
        process.arguments = ["webconnector", "serve", "--root", root.path]
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        #expect(try await root.wait { (try? page(port)) == 200 })
        func reload(_ yaml: String) throws {
            try yaml.write(toFile: root.path + "/plumbline.yaml", atomically: true, encoding: .utf8)
            kill(process.processIdentifier, SIGHUP)
        }
        try reload(yaml + "  intervall: 5m\n")
        #expect(try await root.wait { root.text("said").contains("the one before goes on to count: ") })
        #expect(root.text("said").contains("intervall") && process.isRunning)
        try reload(yaml.replacingOccurrences(of: "\(port)", with: "\(port == 9_000 ? 9_001 : 9_000)"))
        #expect(try await root.wait { root.text("said").contains("webconnector.port is 9") })
        try reload(yaml + "  interval: 5m\n")
        #expect(try await root.wait { root.text("said").contains("was read again, and counts from now on") })
        #expect(try page(port) == 200)
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func aCertificateThatCannotBeReadKeepsItFromBeginning() throws {
        let root = try TestRoot(
            Self.yaml(port: try Self.freePort(), "  certificate: keys/absent.pem\n  key: keys/absent.key\n"))
        defer { root.remove() }
        let told = try root.run("run")
        #expect(told.status == 2)
        #expect(told.output.contains("The certificate \(root.path)/keys/absent.pem"))
    }

    @Test func whatCannotBeWatchedIsNotServed() async throws {
        let port = try Self.freePort()
        let root = try TestRoot()
        defer { root.remove() }
        let process = try root.start()
        defer { if process.isRunning { process.terminate() } }
        #expect(try await root.wait { root.text("logs/plumbline.jsonl").contains("\"start\"") })
        try Self.yaml(port: port).write(toFile: root.path + "/plumbline.yaml", atomically: true, encoding: .utf8)
        let second = try root.run("run")
        #expect(second.status == 2)
        #expect(second.output.contains("Another Plumbline serves"))
    }

    @Test func theConfigurationThatListsTheRootsDecides() async throws {
        let (port, none) = (try Self.freePort(), try Self.freePort())
        let office = try TestRoot("roots: [north, south]\nwebconnector:\n  serve: true\n  port: \(port)\n")
        defer { office.remove() }
        for (name, company) in [("north", 8089), ("south", 8090)] {
            let path = "\(office.path)/\(name)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Self.yaml(port: none, company: company)
                .write(toFile: path + "/plumbline.yaml", atomically: true, encoding: .utf8)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.plumbline)
        process.arguments = ["run"]
        process.currentDirectoryURL = URL(fileURLWithPath: office.path)
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        #expect(try await office.wait { (try? page(port)) == 200 })
        #expect(try page(none) == 0)
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
