import Converters
import Domain
import SyncLedger

/// What one file, or one retry that came due, is taken with inside a ledger transaction: the ledger and the settings, where
/// it comes from, the receipt that says what became of it, and those that do one thing each.
final class ProcessingContext {
    let books: Books
    let settings: Settings
    let provenance: Provenance
    var receipt: Receipt
    /// Writes the documents that it leads to.
    let documents: DocumentWriter
    /// What company is open at the other end, and what that stops.
    var company: CompanyState
    /// Why nothing is sent to either side, since a person asked for a pause; nil: it is.
    var pause: String?
    /// Why records are not there that others wait for.
    var absences: Absences
    /// The records that are not taken.
    let turningAway: TurningAway
    /// What is asked of QuickBooks.
    private(set) lazy var requests = RequestBatches(self)
    /// The record that is being decided although another file brought it: an error of ours meanwhile is about that record,
    /// not about the file that set it free.
    var deciding: Int64?
    /// Records whose wanted content was made from all that is known of them, by this file.
    var fresh: Set<Int64> = []

    init(
        books: Books, settings: Settings, stage: any DocumentStage, provenance: Provenance, asksCompany: Bool = false
    ) throws {
        self.books = books
        self.settings = settings
        self.provenance = provenance
        receipt = Receipt(intake: provenance.intake ?? 0, file: provenance.source, received: provenance.at)
        documents = try DocumentWriter(books, stage, provenance)
        company = try CompanyState(books, asks: asksCompany)
        pause = try Pause(books).reason()
        absences = try Absences(books)
        turningAway = TurningAway(books, at: provenance.at, intake: provenance.intake ?? 0)
    }

    /// When this was taken, UTC: `2026-11-22T21:30:05Z`.
    var at: String { provenance.at }
    /// The same in seconds since 1970.
    var now: Int64 { provenance.now }
    /// The file's intake number; nil for a retry that came due.
    var intake: Int? { provenance.intake }
    /// The file's name as outputs name their source.
    var source: String { provenance.source }

    /// The number of the next document for QuickBooks; the question what company is open goes ahead of it, where it is
    /// time for that.
    func takeRequestSequence() throws -> Int {
        try checkCompany()
        return documents.takeSequence()
    }

    /// Asks what company is open in QuickBooks, where it is time for that.
    func checkCompany() throws {
        if try company.isToBeAsked(at: now) { try Pulls(context: self).askCompany() }
    }

    /// Whether nothing is added to a list before a person has decided about the same and similar names.
    func isMatching(_ entity: Entity) throws -> Bool {
        guard settings.lists.matchFirst.contains(entity) else { return false }
        return try books.fact(Self.matched(entity)) == nil
    }

    /// The fact that a person has decided about a list.
    static func matched(_ entity: Entity) -> String { "matched \(entity.rawValue)" }

    /// Tells a problem of a record under the name of the file that brought it, where that is not this one.
    func report(_ problem: Problem, of record: LedgerRecord) throws {
        var problem = problem.of(record.shown)
        if let bringer = try books.bringer(of: record.id), bringer.intake != intake { problem.file = bringer.name }
        receipt.add(problem)
    }

    /// Counts a record that was held before as held, and says what it waits for by now.
    func countHeld(_ record: LedgerRecord) throws {
        receipt.count(record.entity, .held)
        // What is not listed need not be found out.
        let reason = receipt.listsWaits ? try Waits(books: books).reason(of: record) : ""
        receipt.wait(record.id, record.shown, for: reason)
    }

    /// Adds to the history of a record.
    func addEvent(_ kind: String, _ record: LedgerRecord, _ detail: String? = nil) throws {
        try books.addEvent(kind, record: record.id, file: intake, at: at, detail: detail)
    }

    /// Sets the records free that wait for another one; `Dispatch` decides about them.
    func release(waitingFor keys: [RecordKey]) throws {
        for key in keys {
            for var record in try books.waiting(for: key) where record.isHeld || record.takesMore {
                record.release()
                try books.update(record)
                try addEvent("released", record, "by \(key)")
            }
        }
    }
}

extension LedgerRecord {
    /// The id of ours that QuickBooks keeps with what it was given for a record, and shows again.
    func externalGUID(in settings: Settings) -> String {
        nameBasedGUID("\(settings.namespace)/\(entity.rawValue)/\(uniqueName)")
    }
}
