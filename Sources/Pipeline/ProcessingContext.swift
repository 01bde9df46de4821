import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Where documents are put before the ledger remembers them: the outboxes, or the screen for `convert`.
protocol DocumentStage: AnyObject {
    /// Puts a document under a hidden name; a later `publish` gives it its own.
    /// - Parameter rules: the edition by whose rules its bytes are checked first; nil: they have been, or need not be.
    /// - Throws: a `MalformedDocument`; it may be of an earlier document, and come as late as in `settle`.
    func stage(_ document: LedgerDocument, bytes: [UInt8], rules: Edition?) throws
    /// Waits until every document has been checked and written.
    func settle() throws
    /// Takes a staged document back, while the file goes on.
    /// - Throws: what `settle` throws.
    func discard(_ document: LedgerDocument) throws
    /// Takes back every staged document from a number on.
    func discard(from sequence: Int)
}

/// What one file, or one retry that came due, does inside a ledger transaction: the records it touches, the
/// documents it leads to, and the receipt that says so.
final class ProcessingContext {
    let books: Books
    let settings: Settings
    let stage: any DocumentStage
    /// When this was taken, UTC: `2026-11-22T21:30:05Z`.
    let at: String
    /// The same in seconds since 1970.
    let now: Int64
    /// The file's intake number; nil for a retry that came due.
    let intake: Int?
    /// The file's name as outputs name their source.
    let source: String
    var receipt: Receipt
    /// Why nothing goes to QuickBooks; nil: it does.
    private(set) var halt: String?
    /// When a restored sync ledger was recovered; nil: everything is as usual.
    let recoveringSince: Int64?
    /// Why nothing that QuickBooks shows is imported; nil: it is.
    var importHalt: String? {
        get throws { try halt ?? Restoration(books: books).importHalt() }
    }
    /// Whether QuickBooks is asked what company is open, ahead of what goes there.
    private var asksCompany: Bool
    private var nextSequence: Int
    /// The number of the first document that this leads to.
    let firstSequence: Int
    /// What is asked of QuickBooks.
    private(set) lazy var requests = RequestBatches(self)
    private var knowsAbsences: Bool
    /// The records that are not taken.
    private(set) lazy var turningAway = TurningAway(books, at: at, intake: intake ?? 0)
    /// Whether the file is so long that its documents are checked while it is read on: it settles at its end.
    var isLong = false
    /// The record that is being decided although another file brought it: an error of ours meanwhile is about that record,
    /// not about the file that set it free.
    var deciding: Int64?
    /// Records whose wanted content was made from all that is known of them, by this file.
    var fresh: Set<Int64> = []

    init(
        books: Books, settings: Settings, stage: any DocumentStage, at: String, now: Int64, intake: Int?,
        source: String, asksCompany: Bool = false
    ) throws {
        self.books = books
        self.settings = settings
        self.stage = stage
        self.at = at
        self.now = now
        self.intake = intake
        self.source = source
        receipt = Receipt(intake: intake ?? 0, file: source, received: at)
        self.asksCompany = asksCompany
        firstSequence = try books.nextSequence()
        nextSequence = firstSequence
        knowsAbsences = try books.knowsAbsences()
        halt = try CompanyCheck(books: books).halt()
        recoveringSince = try Restoration(books: books).recoveringSince()
    }

    /// Takes note that QuickBooks has said what company is open.
    func companyAnswered() throws { halt = try CompanyCheck(books: books).halt() }

    /// The number of the next document for QuickBooks; the question what company is open goes ahead of it, where it is
    /// time for that.
    func takeRequestSequence() throws -> Int {
        try checkCompany()
        return takeSequence()
    }

    /// Asks what company is open in QuickBooks, where it is time for that.
    func checkCompany() throws {
        guard asksCompany else { return }
        asksCompany = false
        if try CompanyCheck(books: books).isDue(now: now) { try Pulls(context: self).askCompany() }
    }

    /// The number of the next document; gaps are normal.
    func takeSequence() -> Int {
        defer { nextSequence += 1 }
        return nextSequence
    }

    /// Whether nothing is added to a list before a person has decided about the same and similar names.
    func isMatching(_ entity: Entity) throws -> Bool {
        guard settings.lists.matchFirst.contains(entity) else { return false }
        return try books.fact(Self.matched(entity)) == nil
    }

    /// Remembers why a record is not there, for those that wait for it.
    func setAbsence(_ key: RecordKey, _ reason: String, isRefusal: Bool) throws {
        knowsAbsences = true
        try books.setAbsence(key, reason, isRefusal: isRefusal)
    }

    /// Forgets why records were not there, now that they are.
    func endAbsences(_ keys: @autoclosure () -> [RecordKey]) throws {
        guard knowsAbsences else { return }
        for key in keys() { try books.endAbsence(key) }
    }

    /// The fact that a person has decided about a list.
    static func matched(_ entity: Entity) -> String { "matched \(entity.rawValue)" }

    /// Stages a document and remembers it with its exact bytes.
    /// - Parameter rules: the edition by whose rules its bytes are checked before.
    func put(_ document: LedgerDocument, bytes: [UInt8], rules: Edition? = nil) throws {
        try write(document, bytes: bytes, rules: rules)
        receipt.outputs.append(document)
    }

    /// Puts other bytes in the place of a document that has not left; nil: takes it back.
    func replace(_ document: LedgerDocument, by bytes: [UInt8]?, rules: Edition? = nil) throws {
        try stage.discard(document)
        try books.remove(document)
        if let bytes {
            try write(document, bytes: bytes, rules: rules)
        } else {
            receipt.outputs.remove(document.sequence)
        }
    }

    private func write(_ document: LedgerDocument, bytes: [UInt8], rules: Edition?) throws {
        if !isLong, let rules { try MessageRules.refuse(bytes, edition: rules) }
        try stage.stage(document, bytes: bytes, rules: isLong ? rules : nil)
        try books.insert(document, bytes: bytes, source: intake, at: now)
    }

    /// Tells a problem of a record under the name of the file that brought it, where that is not this one.
    func report(_ problem: Problem, of record: LedgerRecord) throws {
        var problem = problem.of(record.shown)
        if let bringer = try books.bringer(of: record.id), bringer.intake != intake { problem.file = bringer.name }
        receipt.add(problem)
    }

    /// Counts a record that was held before as held, and says what it waits for by now.
    func countHeld(_ record: LedgerRecord) throws {
        receipt.count(record.entity, .held)
        // What is not listed need not be looked up.
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
            for var record in try books.waiting(for: key) where record.state == .held || record.takesMore {
                record.state = .released
                try books.update(record)
                try addEvent("released", record, "by \(key)")
            }
        }
    }

    /// Takes back everything that was staged, after the transaction's part was undone.
    func discardStaged() {
        stage.discard(from: firstSequence)
    }
}

/// The converter of an entity to an element of a QuickBooks list; nil for documents.
func listConverter(of entity: Entity) -> (any ToQuickBooks.Type)? {
    switch entity {
    case .vendors: CompanyToVendor.self
    case .projects: ProjectToJob.self
    case .standardCostCodes: CostCodeToItem.self
    case .costCodes, .wbsCodes, .budgets, .budgetModifications, .budgetChanges, .commitments, .commitmentChangeOrders,
        .requisitions, .directCosts, .contractPayments:
        nil
    }
}

/// The converter of a kind of document to a QuickBooks transaction; nil for lists and for codes.
func transactionConverter(of entity: Entity) -> (any ToTransaction.Type)? {
    switch entity {
    case .budgets: BudgetToEstimate.self
    case .budgetModifications: BudgetModificationToEstimateLines.self
    case .budgetChanges: BudgetChangeToEstimateLines.self
    case .commitments: CommitmentToPurchaseOrder.self
    case .commitmentChangeOrders: ChangeOrderToPurchaseOrderLines.self
    case .requisitions: RequisitionToBill.self
    case .contractPayments: PaymentToBillPaymentCheck.self
    case .vendors, .projects, .standardCostCodes, .costCodes, .wbsCodes, .directCosts: nil
    }
}

/// The kind of QuickBooks object that a record of an entity is tied to as a whole; nil: it has none of its own.
func tiedKind(of entity: Entity) -> QuickBooksKind? {
    if let converter = transactionConverter(of: entity) { return converter.isAddition ? nil : converter.object.kind }
    return listConverter(of: entity)?.object.list
}

/// The converter of a kind of record that may come in parts.
/// - Throws: a `NoConverter` for a kind that does not come in parts. No switch over the kinds here has a default: a new
///   kind without a converter does not compile.
func documentConverter(of entity: Entity) throws -> any FromDocument.Type {
    switch entity {
    case .costCodes: return ProjectCostCodeToJobAndItem.self
    case .wbsCodes: return WBSCodeToItem.self
    case .budgets, .budgetModifications, .budgetChanges, .commitments, .commitmentChangeOrders, .requisitions,
        .contractPayments, .vendors, .projects, .standardCostCodes, .directCosts:
        guard let converter = transactionConverter(of: entity) else { throw NoConverter(entity: entity) }
        return converter
    }
}

/// A kind of record was taken for a document that it is not: a mistake of ours.
struct NoConverter: Error {
    let entity: Entity
}

/// The converter of elements of a QuickBooks list to Procore; nil where none come across.
func procoreConverter(of list: QuickBooksKind) -> (any ToProcore.Type)? {
    switch list {
    case .vendor: VendorToCompany.self
    case .customer: JobToProject.self
    default: nil
    }
}

extension LedgerRecord {
    /// The id of ours that QuickBooks keeps with what it was given for a record, and shows again.
    func externalGUID(in settings: Settings) -> String {
        nameBasedGUID("\(settings.namespace)/\(entity.rawValue)/\(identity)")
    }
}
