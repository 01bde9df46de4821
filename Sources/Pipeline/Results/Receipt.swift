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
    /// The file that it is about.
    struct File {
        /// Its number.
        let intake: Int
        let name: String
        /// When it was taken, UTC.
        let received: String
        /// Its digest; empty until it has been read to its end.
        var sha256 = ""
    }

    var file: File
    var direction = Direction.toQuickBooks
    private(set) var counts: [Entity: [Count: Int]] = [:]
    /// The documents that it led to, in the order in which they were written.
    var outputs = LedgerDocuments()
    /// Held records of earlier files that this one set free, and what became of them.
    private(set) var released = Listing<String>(limit: listed)
    private(set) var problems = Listing<Problem>(limit: listed)
    private(set) var notes = Listing<Note>(limit: listed)
    /// What is wrong with the records that are copied, ready to be mended.
    private(set) var refusals = Listing<Problem>(limit: listed)
    /// What held records wait for.
    private(set) var waits = Listing<Wait>(limit: listed)
    /// How each field came about, where `convert --explain` asks for it; not part of the receipt.
    var steps: [MappingStep] = []
    /// Set when nothing of the file could be taken.
    var isRejected = false

    init(intake: Int, file: String, received: String) {
        self.file = File(intake: intake, name: file, received: received)
    }

    mutating func count(_ entity: Entity, _ count: Count, _ records: Int = 1) {
        counts[entity, default: [:]][count, default: 0] += records
    }

    /// Takes back what was counted too early.
    mutating func uncount(_ entity: Entity, _ count: Count) {
        counts[entity]?[count, default: 0] -= 1
    }

    mutating func add(_ problem: Problem) {
        problems.add(problem)
    }

    /// A problem of a record that is copied, ready to be mended.
    mutating func refuse(_ problem: Problem) {
        problems.add(problem)
        refusals.add(problem)
    }

    /// What a record waits for.
    struct Wait {
        /// The ledger's number of the record.
        let id: Int64
        let record: String
        let reason: String
    }

    /// Whether one more wait would be listed.
    var listsWaits: Bool { waits.listsMore }

    /// A record of this file is held.
    mutating func wait(_ id: Int64, _ record: String, for reason: String) {
        waits.add(Wait(id: id, record: record, reason: reason))
    }

    /// A record that was held earlier in this file waits for something else now; nil: for nothing.
    mutating func waits(_ id: Int64, for reason: String?) {
        waits.change(where: { $0.id == id }) { wait in
            guard let reason else { return nil }
            return Wait(id: id, record: wait.record, reason: reason)
        }
    }

    mutating func add(_ note: Note) {
        notes.add(note)
    }

    /// A held record of an earlier file that this one set free, and what became of it.
    mutating func release(_ line: String) {
        released.add(line)
    }

    var outcome: Outcome {
        if isRejected { return .rejected }
        if !problems.isEmpty { return .acceptedWithProblems }
        let news: [Count] = [.new, .changed, .held, .linked, .failed, .rejected]
        let known = counts.values.contains { $0[.unchanged, default: 0] > 0 }
        let moved = counts.values.contains { entity in news.contains { entity[$0, default: 0] > 0 } }
        return known && !moved && outputs.isEmpty ? .duplicate : .accepted
    }
}

/// What is listed one by one, up to a limit; what comes after that is only counted.
struct Listing<Element>: RandomAccessCollection {
    private var listed: [Element] = []
    private let limit: Int
    /// How many more there are.
    private(set) var unlisted = 0

    init(limit: Int) {
        self.limit = limit
    }

    var startIndex: Int { 0 }
    var endIndex: Int { listed.count }
    subscript(index: Int) -> Element { listed[index] }

    /// Whether one more would be listed.
    var listsMore: Bool { listed.count < limit }

    mutating func add(_ element: Element) {
        if listsMore { listed.append(element) } else { unlisted += 1 }
    }

    /// Puts another in the place of the first that is listed and meant; nil: takes it out.
    mutating func change(where isMeant: (Element) -> Bool, _ other: (Element) -> Element?) {
        guard let index = listed.firstIndex(where: isMeant) else { return }
        if let changed = other(listed[index]) { listed[index] = changed } else { listed.remove(at: index) }
    }
}
