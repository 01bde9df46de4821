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
        } catch let making as LedgerInTheMaking {
            // The root is served, and goes on by itself.
            grade = .degraded
            reasons = ["\(making)"]
            status = nil
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
        if procore.isConfigured, procore.trouble != nil || procore.asked == nil || procore.isLate {
            let silence =
                procore.asked == nil
                ? "it has not asked Procore yet." : "it has not asked Procore for twice its interval."
            reasons.append("plumbline procore: \(procore.trouble?.what ?? silence)")
        }
        return reasons
    }

    /// One line: `degraded: 2 records failed: see plumbline status.`
    public var line: String { ([grade.word] + reasons.prefix(1)).joined(separator: ": ") }

    /// For scripts.
    public var json: JSONValue { .object([("health", .string(grade.word)), ("reasons", .strings(reasons))]) }

    /// For Prometheus, in its text format, as a textfile collector reads it.
    public var metrics: String { Self.metrics(of: [("", self)]) }

    /// The same of several roots. Each value has the label `root` then.
    /// - Parameter roots: the path of each, and how it is.
    static func metrics(of roots: [(path: String, health: Health)]) -> String {
        var metrics = Metrics()
        let named = roots.map { root in
            (labels: roots.count > 1 ? [("root", root.path)] : [], health: root.health, status: root.health.status)
        }
        let read = named.compactMap { root in root.status.map { (labels: root.labels, status: $0) } }
        metrics.gauge(
            "plumbline_health", "How well the root is: 0 well, 1 degraded, 2 failing.",
            named.map { ($0.labels, Int($0.health.grade.rawValue)) })
        metrics.gauge(
            "plumbline_served", "Whether a process serves the root.",
            read.map { ($0.labels, $0.status.isServed ? 1 : 0) })
        metrics.family(
            "plumbline_files_total", "counter", "Files read, by outcome.",
            read.flatMap { root in
                root.status.files.sorted { $0.key < $1.key }.map { (root.labels + [("outcome", $0.key)], $0.value) }
            })
        metrics.gauge(
            "plumbline_records", "Records, by kind and state.",
            read.flatMap { root in
                root.status.records.sorted { $0.key < $1.key }.flatMap { entity, states in
                    LedgerRecord.State.Name.allCases.compactMap { state in
                        states[state].map {
                            (root.labels + [("kind", entity.rawValue), ("state", state.rawValue)], $0)
                        }
                    }
                }
            })
        let collected = read.map { ($0.labels, $0.status.unanswered.filter(\.isCollected)) }
        metrics.gauge(
            "plumbline_unanswered_documents", "Documents that left the outbox and have no answer.",
            collected.map { ($0, $1.count) })
        metrics.gauge(
            "plumbline_oldest_unanswered_seconds", "How long the oldest of them has had no answer.",
            collected.map { ($0, Int($1.compactMap(\.age).max() ?? 0)) })
        metrics.gauge(
            "plumbline_waiting_objects", "Files and folders that cannot be taken just now.",
            read.map { ($0.labels, $0.status.faults.count) })
        return metrics.text
    }
}

/// Metrics in the text format of Prometheus. Source: Prometheus, "Exposition formats", version 0.0.4.
private struct Metrics {
    private(set) var text = ""

    /// A family with its values; one without values is left out.
    mutating func family(
        _ name: String, _ type: String, _ help: String, _ values: [(labels: [(String, String)], value: Int)]
    ) {
        guard !values.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for (labels, value) in values {
            let words = labels.map { name, value in
                let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                return "\(name)=\"\(escaped.replacing("\n", with: "\\n"))\""
            }
            text += "\(name)\(words.isEmpty ? "" : "{\(words.joined(separator: ","))}") \(value)\n"
        }
    }

    mutating func gauge(_ name: String, _ help: String, _ values: [(labels: [(String, String)], value: Int)]) {
        family(name, "gauge", help, values)
    }
}
