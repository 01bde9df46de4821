import Foundation
import Testing

/// What `plumbline health` says to whatever watches machines.
@Suite struct HealthTests {
    @Test func aServedRootIsWellUntilSomethingNeedsAPerson() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        let idle = try root.run("health")
        #expect(idle.status == 2 && idle.output == "failing: No process serves the root: start plumbline run.\n")
        let daemon = try root.start()
        defer { daemon.terminate() }
        #expect(try await root.wait { (try? root.run("health").status) == 0 })
        #expect(try root.run("health").output == "well\n")
        #expect(try root.run("pause").status == 0)
        let paused = try root.run("health", "--json")
        #expect(paused.status == 1)
        let said = try JSONSerialization.jsonObject(with: Data(paused.output.utf8)) as? [String: Any]
        #expect(said?["health"] as? String == "degraded" && (said?["reasons"] as? [String])?.count == 1)
    }

    @Test func metricsCountRecordsByKindAndState() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Exports.vendors(1...3), as: "procore/vendors.json")
        try root.run("once")
        let metrics = try root.run("health", "--prometheus")
        #expect(metrics.status == 2, "nobody serves the root")
        let lines = metrics.output.split(separator: "\n").map(String.init)
        for line in [
            "plumbline_health 2", "plumbline_served 0", "plumbline_files_total{outcome=\"accepted\"} 1",
            "plumbline_records{kind=\"vendors\",state=\"queued\"} 3", "plumbline_unanswered_documents 0",
        ] {
            #expect(lines.contains(line), "\(line) in \(metrics.output)")
        }
        // Every family says what it is, once, and ahead of its values.
        let families = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(Set(families).count == families.count)
        for line in lines where !line.hasPrefix("#") {
            #expect(families.contains(line.prefix { $0 != "{" && $0 != " " }), "\(line)")
        }
    }

    @Test(.enabled(if: Tool.hasPromtool, "needs promtool"))
    func prometheusOwnToolFindsNothingWrong() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Exports.vendors(1...3), as: "procore/vendors.json")
        try root.run("once")
        let script = "'\(Tool.plumbline)' health --prometheus --root '\(root.path)' | promtool check metrics"
        let checked = try Tool.run("/usr/bin/env", ["sh", "-c", script])
        #expect(checked.status == 0 && checked.output.isEmpty, "\(checked.output)")
    }

    @Test func aWrongConfigurationIsFailingInWords() throws {
        let root = try TestRoot("company_id: none\n")
        defer { root.remove() }
        let said = try root.run("health")
        #expect(said.status == 2 && said.output.hasPrefix("failing: company_id is missing"), "\(said.output)")
    }
}
