import SyncLedger

/// What is known of the company file at the other end while one file is taken: whether anything goes there or comes from
/// there, and whether it is time to ask.
struct CompanyState {
    private let books: Books
    /// Why nothing goes to QuickBooks; nil: it does.
    private(set) var halt: String?
    /// When a restored sync ledger was recovered; nil: everything is as usual.
    let recoveringSince: Int64?
    /// Whether it is still to be seen if QuickBooks is to be asked what company is open, ahead of what goes there.
    private var asks: Bool

    /// - Parameter asks: whether QuickBooks is asked what company is open, where it is time for that.
    init(_ books: Books, asks: Bool) throws {
        self.books = books
        self.asks = asks
        halt = try CompanyCheck(books: books).halt()
        recoveringSince = try Restoration(books: books).recoveringSince()
    }

    /// Why nothing that QuickBooks shows is imported; nil: it is.
    var importHalt: String? { halt ?? recoveringSince.map(Restoration.importHalt) }

    /// Takes note that QuickBooks has said what company is open.
    mutating func answered() throws { halt = try CompanyCheck(books: books).halt() }

    /// Whether QuickBooks is to be asked what company is open, before anything else goes there; said once.
    mutating func isToBeAsked(at now: Int64) throws -> Bool {
        guard asks else { return false }
        asks = false
        return try CompanyCheck(books: books).isDue(now: now)
    }
}
