import Converters
import Domain
import Procore
import SyncLedger

/// What became of one dropped file: written to `outbox/results`, one for each file.
///
/// The JSON is an interface: fields are added, never renamed.
struct Receipt {
    /// What became of the file as a whole.
    enum Outcome: String {
        case accepted
        case acceptedWithProblems = "accepted-with-problems"
        case duplicate
        case rejected
    }

    /// Which way its content goes.
    enum Direction: String {
        case toQuickBooks = "to-quickbooks"
        case toProcore = "to-procore"
    }

    /// What records are counted as; each record of the file as one of them.
    enum Count: String, CaseIterable {
        case new, changed, unchanged, held, skipped, rejected, linked, failed
    }

    /// At most so many problems and notes are listed one by one; the counters count them all.
    static let listed = 1_000
    /// At most so many documents are named in the summary for people; the receipt names all.
    private static let named = 20

    let intake: Int
    let file: String
    let received: String
    var sha256 = ""
    var direction = Direction.toQuickBooks
    private(set) var counts: [Entity: [Count: Int]] = [:]
    /// The documents that it led to, in the order in which they were written.
    var outputs = LedgerDocuments()
    private(set) var released: [String] = []
    private(set) var problems: [Problem] = []
    private(set) var notes: [Note] = []
    private(set) var unlistedProblems = 0
    private(set) var unlistedNotes = 0
    /// What is wrong with the records that are copied, ready to be mended.
    private(set) var refusals: [Problem] = []
    private var unlistedRefusals = 0
    /// What held records wait for.
    private(set) var waits: [Wait] = []
    private(set) var unlistedWaits = 0
    /// How each field came about, where `convert --explain` asks for it; not part of the receipt.
    var steps: [MappingStep] = []
    /// Set when nothing of the file could be taken.
    var isRejected = false

    init(intake: Int, file: String, received: String) {
        self.intake = intake
        self.file = file
        self.received = received
    }

    mutating func count(_ entity: Entity, _ count: Count) {
        counts[entity, default: [:]][count, default: 0] += 1
    }

    /// Takes back what was counted too early.
    mutating func uncount(_ entity: Entity, _ count: Count) {
        counts[entity]?[count, default: 0] -= 1
    }

    mutating func add(_ problem: Problem) {
        if problems.count < Self.listed { problems.append(problem) } else { unlistedProblems += 1 }
    }

    /// A problem of a record that is copied, ready to be mended.
    mutating func refuse(_ problem: Problem) {
        add(problem)
        if refusals.count < Self.listed { refusals.append(problem) } else { unlistedRefusals += 1 }
    }

    /// What a record waits for.
    struct Wait {
        /// The ledger's number of the record.
        let id: Int64
        let record: String
        var reason: String
    }

    /// Whether one more wait would be listed.
    var listsWaits: Bool { waits.count < Self.listed }

    /// A record of this file is held.
    mutating func wait(_ id: Int64, _ record: String, for reason: String) {
        if listsWaits {
            waits.append(Wait(id: id, record: record, reason: reason))
        } else {
            unlistedWaits += 1
        }
    }

    /// A record that was held earlier in this file waits for something else now; nil: for nothing.
    mutating func waits(_ id: Int64, for reason: String?) {
        guard let index = waits.firstIndex(where: { $0.id == id }) else { return }
        if let reason { waits[index].reason = reason } else { waits.remove(at: index) }
    }

    mutating func add(_ note: Note) {
        if notes.count < Self.listed { notes.append(note) } else { unlistedNotes += 1 }
    }

    /// A held record of an earlier file that this one set free, and what became of it.
    mutating func release(_ line: String) {
        if released.count < Self.listed { released.append(line) }
    }

    var outcome: Outcome {
        if isRejected { return .rejected }
        if !problems.isEmpty { return .acceptedWithProblems }
        let news: [Count] = [.new, .changed, .held, .linked, .failed, .rejected]
        let known = counts.values.contains { $0[.unchanged, default: 0] > 0 }
        let moved = counts.values.contains { entity in news.contains { entity[$0, default: 0] > 0 } }
        return known && !moved && outputs.isEmpty ? .duplicate : .accepted
    }

    /// The receipt as JSON; the same receipt gives the same bytes.
    var json: JSONValue {
        var fields: [(key: String, value: JSONValue)] = [
            ("file", .string(file)), ("intake", .number(String(intake))), ("sha256", .string(sha256)),
            ("received", .string(received)), ("direction", .string(direction.rawValue)),
            ("outcome", .string(outcome.rawValue)),
            (
                "entities",
                .object(
                    counts.sorted { $0.key < $1.key }.map { entity, counts in
                        (
                            entity.rawValue,
                            .object(
                                Count.allCases.compactMap { count in
                                    let number = counts[count, default: 0]
                                    let always: [Count] = [.new, .changed, .unchanged, .held, .rejected]
                                    guard number > 0 || always.contains(count) else { return nil }
                                    return (count.rawValue, .number(String(number)))
                                })
                        )
                    })
            ),
            ("outputs", .strings(DocumentPaths(outputs))),
            (
                "problems",
                .array(
                    problems.map { problem in
                        .object(
                            [
                                ("record", problem.record.map(JSONValue.string) ?? .null),
                                ("field", problem.field.map(JSONValue.string) ?? .null),
                                ("what", .string(problem.what)), ("remedy", .string(problem.remedy)),
                            ] + (problem.file.map { [("file", .string($0))] } ?? []))
                    })
            ),
            (
                "notes",
                .array(
                    notes.map { note in
                        .object([
                            ("record", note.record.map(JSONValue.string) ?? .null),
                            ("field", note.field.map(JSONValue.string) ?? .null), ("what", .string(note.what)),
                        ])
                    })
            ),
        ]
        if !released.isEmpty { fields.append(("released", .array(released.map(JSONValue.string)))) }
        if !waits.isEmpty {
            fields.append(
                (
                    "waits",
                    .array(waits.map { .object([("record", .string($0.record)), ("for", .string($0.reason))]) })
                ))
        }
        if unlistedWaits > 0 { fields.append(("waits_not_listed", .number(String(unlistedWaits)))) }
        if unlistedProblems > 0 { fields.append(("problems_not_listed", .number(String(unlistedProblems)))) }
        if unlistedNotes > 0 { fields.append(("notes_not_listed", .number(String(unlistedNotes)))) }
        return .object(fields)
    }

    /// The receipt's JSON with the end of its last line, as it stands in its file.
    var written: [UInt8] {
        var bytes = json.bytes(pretty: true, capacity: outputs.count * 64)
        bytes.append(0x0a)
        return bytes
    }

    /// The summary for people in `logs/results.log`.
    var summary: String {
        var parts: [String] = []
        for (entity, counts) in counts.sorted(by: { $0.key < $1.key }) {
            let words = Count.allCases.compactMap { count in
                counts[count].map { "\($0) \(count.rawValue)" }
            }
            parts.append("\(entity.rawValue): \(words.joined(separator: ", "))")
        }
        // Where nothing was counted, the note says why.
        if counts.isEmpty, problems.isEmpty, let note = notes.first, note.record == nil { parts.append(note.what) }
        if let first = problems.first {
            let more = problems.count + unlistedProblems - 1
            parts.append(
                "problem: \([first.file, first.record, first.field].compactMap { $0 }.map { $0 + ": " }.joined())\(first.what)"
                    + (more > 0 ? " (and \(more) more)" : ""))
        }
        if !outputs.isEmpty {
            let more = outputs.count - Self.named
            parts.append(
                "-> " + outputs.prefix(Self.named).map(\.path).joined(separator: ", ")
                    + (more > 0 ? " (and \(more) more)" : ""))
        }
        let summary =
            "\(received) #\(intake) \(file): \(outcome.rawValue)" + (parts.isEmpty ? "" : "; ")
            + parts.joined(separator: "; ")
        return Self.printable(summary)
    }

    /// The text on one line, without what would act on a terminal: data comes from others.
    private static func printable(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// The text of the problem file that stands beside a rejected original.
    static func problemText(file: String, problems: [Problem]) -> String {
        problems.map { problem in
            let place = [problem.file ?? file, problem.record, problem.field].compactMap { $0 }.joined(separator: ": ")
            return "\(printable(place))\n  \(printable(problem.what))\n  \(printable(problem.remedy))\n"
        }.joined(separator: "\n")
    }

    /// The text of the problem file that stands beside the rejected original, or beside the copy of the records that
    /// were refused; nil where there is neither.
    func problemText(hasCopy: Bool) -> String? {
        if isRejected { return Self.problemText(file: file, problems: problems) }
        guard hasCopy else { return nil }
        let text = Self.problemText(file: file, problems: refusals)
        return unlistedRefusals == 0 ? text : text + "\n\(Self.printable(file))\n  And \(unlistedRefusals) more.\n"
    }
}
