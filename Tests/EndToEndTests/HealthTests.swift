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
        let read = PrometheusText(metrics.output)
        #expect(read.findings == [])
        #expect(read.values["plumbline_records{kind=\"vendors\",state=\"queued\"}"] == 3)
        let lines = metrics.output.split(separator: "\n").map(String.init)
        for line in [
            "plumbline_health 2", "plumbline_served 0", "plumbline_files_total{outcome=\"accepted\"} 1",
            "plumbline_records{kind=\"vendors\",state=\"queued\"} 3", "plumbline_unanswered_documents 0",
        ] {
            #expect(lines.contains(line), "\(line) in \(metrics.output)")
        }
    }

    /// The reader that judges ours finds what is wrong.
    @Test(arguments: [
        ("", "does not end"), ("# HELP a_b x\n# TYPE a_b gauge\na_b 1", "does not end"),
        ("a_b 1\n", "outside its family"), ("# HELP a_b x\na_b 1\n", "outside its family"),
        ("# TYPE a_b gauge\na_b 1\n", "TYPE without HELP"), ("# HELP a_b\n", "HELP without a name or a text"),
        ("# HELP a_b x\n# TYPE a_b gauge\na_b 1\na_b 2\n", "stands twice"),
        ("# HELP a_b x\n# TYPE a_b gauge\na_b 1 2\n", "no number"),
        ("# HELP a_b x\n# TYPE a_b gauge\na_b x\n", "no number"),
        ("# HELP a_b x\n# TYPE a_b gauge\na_b{c=\"1\",c=\"2\"} 1\n", "stands twice"),
        ("# HELP a_b x\n# TYPE a_b gauge\na_b{c=\"\\t\"} 1\n", "another escape"),
        ("# HELP a_b x\n# TYPE a_b gauge\na_b{c=\"1} 1\n", "without its quotes"),
        ("# HELP a_b x\n# TYPE a_b gauge\na_b{c-d=\"1\"} 1\n", "a label that is none"),
        ("# HELP a_b x\n# TYPE a_b counter\na_b 1\n", "ends in _total"),
        ("# HELP a_b x\n# TYPE a_b gauge\n\na_b 1\n", "neither a value"),
        ("# HELP a_b x\n# TYPE a_b gauge\na_b 1\n# HELP a_b x\n# TYPE a_b gauge\na_b{c=\"1\"} 1\n", "two families"),
        ("# HELP a_b x\n# TYPE a_b gauge\n# HELP c_d x\n# TYPE c_d gauge\na_b 1\n", "outside its family"),
    ]) func theReaderOfMetricsIsStrict(text: String, finding: String) {
        let findings = PrometheusText(text).findings
        #expect(findings.contains { $0.contains(finding) }, "\(findings)")
    }

    @Test func theReaderOfMetricsTakesWhatIsRight() {
        let text = #"""
            # HELP a_b What \\ and \n are.
            # TYPE a_b gauge
            a_b{c="x, \\ \" {y} é",d=""} 1.5e3
            a_b +Inf
            # HELP n_total So many.
            # TYPE n_total counter
            n_total 0

            """#
        let read = PrometheusText(text)
        #expect(read.findings == [] && read.values.count == 3 && read.values["n_total"] == 0)
    }

    /// Names from outside stand in labels: they must not break the format.
    @Test func aFolderWithAnyNameIsALabelAllTheSame() throws {
        let root = try TestRoot()
        let odd = root.path + "-a \"b\" \\ c"
        try FileManager.default.moveItem(atPath: root.path, toPath: odd)
        defer { try? FileManager.default.removeItem(atPath: odd) }
        let said = try Tool.run(Tool.plumbline, ["health", "--prometheus", "--root", odd]).output
        #expect(PrometheusText(said).findings == [], "\(said)")
    }

    /// Prometheus' own tool, where it is: the reader above judges everywhere.
    @Test(.enabled(if: Tool.hasPromtool, "promtool is absent; the strict reader of our own has judged"))
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
