import Procore
import SyncLedger

/// Whether a root does its work, in one word and the reasons, for whatever watches machines.
public struct Health: Sendable {
    /// How well it is.
    public enum Grade: Int32, Sendable {
        /// Everything goes on by itself.
        case well = 0
        /// It works, and something needs a person.
        case degraded = 1
        /// It does not work.
        case failing = 2

        /// `degraded`
        public var word: String { "\(self)" }
    }

    /// How well it is, which is also the exit status of `plumbline health`.
    public let grade: Grade
    /// Why it is not well, a sentence each, the worst first; empty where it is.
    public let reasons: [String]
    private let status: Status?

    /// A carrier answers within minutes; what is unanswered for a day, in seconds, is lost rather than late.
    private static let longUnanswered: Int64 = 86_400

    /// Looks at a root. What cannot be read is failing, with what the machine or the configuration says.
    public init(root: String) {
        do {
            let status = try Status(root: root)
            let failing = Self.failing(status)
            let degraded = Self.degraded(status)
            grade = failing.isEmpty ? degraded.isEmpty ? .well : .degraded : .failing
            reasons = failing + degraded
            self.status = status
        } catch {
            grade = .failing
            reasons = ["\(error)"]
            status = nil
        }
    }

    private static func failing(_ status: Status) -> [String] {
        var reasons: [String] = []
        if !status.isServed { reasons.append("No process serves the root: start plumbline run.") }
        if let fault = status.fault { reasons.append("\(fault.what) \(fault.remedy)") }
        return reasons
    }

    private static func degraded(_ status: Status) -> [String] {
        var reasons = [status.stops.company, status.stops.pause].compactMap { $0 }
        let failed = status.records.values.reduce(0) { $0 + ($1[.failed] ?? 0) }
        if failed > 0 { reasons.append("\(failed) records failed: see plumbline status.") }
        if !status.faults.isEmpty {
            reasons.append("\(status.faults.count) files or folders cannot be taken: see plumbline status.")
        }
        let lost = status.unanswered.count { $0.isCollected && $0.age ?? 0 > longUnanswered }
        if lost > 0 {
            reasons.append("\(lost) documents are unanswered for more than a day: plumbline resend --unanswered.")
        }
        if let absence = status.carriers.webConnector.absence { reasons.append("The Web Connector: \(absence.what)") }
        let procore = status.carriers.procore
        if procore.isConfigured, procore.trouble != nil || procore.isLate {
            reasons.append(
                "plumbline procore: \(procore.trouble?.what ?? "it has not asked Procore for twice its interval.")")
        }
        return reasons
    }

    /// One line: `degraded: 2 records failed: see plumbline status.`
    public var line: String { ([grade.word] + reasons.prefix(1)).joined(separator: ": ") }

    /// For scripts.
    public var json: JSONValue { .object([("health", .string(grade.word)), ("reasons", .strings(reasons))]) }

    /// For Prometheus, in its text format, as a textfile collector reads it.
    public var metrics: String {
        var metrics = Metrics()
        metrics.gauge("plumbline_health", "How well the root is: 0 well, 1 degraded, 2 failing.", Int(grade.rawValue))
        guard let status else { return metrics.text }
        metrics.gauge("plumbline_served", "Whether a process serves the root.", status.isServed ? 1 : 0)
        metrics.family("plumbline_files_total", "counter", "Files read, by outcome.")
        for (outcome, count) in status.files.sorted(by: { $0.key < $1.key }) {
            metrics.value("plumbline_files_total", [("outcome", outcome)], count)
        }
        metrics.family("plumbline_records", "gauge", "Records, by kind and state.")
        for (entity, states) in status.records.sorted(by: { $0.key < $1.key }) {
            for state in LedgerRecord.State.Name.allCases {
                guard let count = states[state] else { continue }
                metrics.value("plumbline_records", [("kind", entity.rawValue), ("state", state.rawValue)], count)
            }
        }
        let collected = status.unanswered.filter(\.isCollected)
        metrics.gauge(
            "plumbline_unanswered_documents", "Documents that left the outbox and have no answer.", collected.count)
        metrics.gauge(
            "plumbline_oldest_unanswered_seconds", "How long the oldest of them has had no answer.",
            Int(collected.compactMap(\.age).max() ?? 0))
        metrics.gauge(
            "plumbline_waiting_objects", "Files and folders that cannot be taken just now.", status.faults.count)
        return metrics.text
    }
}

/// Metrics in the text format of Prometheus. Source: Prometheus, "Exposition formats", version 0.0.4.
private struct Metrics {
    private(set) var text = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func value(_ name: String, _ labels: [(String, String)], _ value: Int) {
        let words = labels.map { name, value in
            "\(name)=\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))\""
        }
        text += "\(name)\(words.isEmpty ? "" : "{\(words.joined(separator: ","))}") \(value)\n"
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        family(name, "gauge", help)
        self.value(name, [], value)
    }
}
