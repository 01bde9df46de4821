import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Where documents are put before the ledger remembers them: the outboxes, or the screen for `convert`.
protocol DocumentStage: AnyObject {
    /// Puts a document under a hidden name; a later `publish` gives it its own.
    func stage(_ document: LedgerDocument, bytes: [UInt8]) throws
    /// Takes a staged document back.
    func discard(_ document: LedgerDocument)
}

/// What one file, or one retry that came due, does inside a ledger transaction: the records it touches, the
/// documents it leads to, and the receipt that says so.
final class Work {
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
    private var nextSequence: Int
    private(set) var staged: [LedgerDocument] = []

    init(
        books: Books, settings: Settings, stage: any DocumentStage, at: String, now: Int64, intake: Int?, source: String
    ) throws {
        self.books = books
        self.settings = settings
        self.stage = stage
        self.at = at
        self.now = now
        self.intake = intake
        self.source = source
        receipt = Receipt(intake: intake ?? 0, file: source, received: at)
        nextSequence = try books.nextSequence()
    }

    /// The number of the next document; gaps are normal.
    func takeSequence() -> Int {
        defer { nextSequence += 1 }
        return nextSequence
    }

    /// Stages a document and remembers it with its exact bytes.
    func put(_ document: LedgerDocument, bytes: [UInt8]) throws {
        staged.append(document)
        try stage.stage(document, bytes: bytes)
        try books.insert(document, bytes: bytes, source: intake)
        receipt.outputs.append(document.path)
    }

    /// Adds to the history of a record.
    func note(_ kind: String, _ record: LedgerRecord, _ detail: String? = nil) throws {
        try books.note(kind, record: record.id, file: intake, at: at, detail: detail)
    }

    /// Takes back everything that was staged, after the transaction's part was undone.
    func discardStaged() {
        for document in staged { stage.discard(document) }
        staged = []
    }

    /// `00000012-vendors.xml`
    static func documentName(_ sequence: Int, _ entity: Entity, _ ending: String) -> String {
        let number = String(sequence)
        return String(repeating: "0", count: max(0, 8 - number.count)) + number + "-\(entity.rawValue).\(ending)"
    }
}

/// The converter of an entity to QuickBooks.
func quickBooksConverter(of entity: Entity) -> any ToQuickBooks.Type {
    switch entity {
    case .vendors: CompanyToVendor.self
    case .projects: ProjectToJob.self
    case .standardCostCodes: CostCodeToItem.self
    }
}

/// The converter of elements of a QuickBooks list to Procore; nil where none come across.
func procoreConverter(of list: QuickBooksList) -> (any ToProcore.Type)? {
    switch list {
    case .vendor: VendorToCompany.self
    case .customer: JobToProject.self
    case .itemService: nil
    }
}
