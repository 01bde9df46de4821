import Foundation
import Testing

/// What the Debian package brings beside the program. The package itself is tried by `scripts/package test`.
@Suite struct PackagingTests {
    private static func isThere(_ program: String) -> Bool {
        (try? Tool.run("/usr/bin/env", ["sh", "-c", "command -v \(program)"]).status) == 0
    }

    private static let unit = Repository.path + "/packaging/debian/plumbline@.service"

    @Test(.enabled(if: Tool.hasPython, "needs python3"))
    func everyCommandAndTheConfigurationHaveAManualPage() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plumbline-manual-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try Tool.run(Repository.path + "/packaging/manual", [Tool.plumbline, folder.path])
        try #require(made.status == 0, "\(made.output)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let commands = try CommandLineHelp().commands.keys.map { "plumbline-\($0).1" }
        #expect(Set(names) == Set(commands + ["plumbline.1", "plumbline.yaml.5"]))
        guard Self.isThere("mandoc") else { return }
        for name in names {
            let lint = try Tool.run("/usr/bin/env", ["mandoc", "-Tlint", "-Wstyle", "\(folder.path)/\(name)"])
            #expect(lint.status == 0, "\(lint.output)")
        }
    }

    @Test(.enabled(if: isThere("systemd-analyze"), "needs systemd-analyze"))
    func theUnitExposesLittle() throws {
        // The threshold is in tenths: 1.5 at most.
        let rated = try Tool.run(
            "/usr/bin/env", ["systemd-analyze", "security", "--offline=true", "--threshold=15", Self.unit])
        #expect(rated.status == 0, "\(rated.output.suffix(200))")
    }

    @Test func theUnitIsToldHowTheDaemonIs() throws {
        let lines = try String(contentsOfFile: Self.unit, encoding: .utf8).split(separator: "\n")
        for line in ["Type=notify", "RestartPreventExitStatus=2", "WatchdogSec=30min", "User=plumbline"] {
            #expect(lines.contains(line[...]), "\(line)")
        }
    }
}
