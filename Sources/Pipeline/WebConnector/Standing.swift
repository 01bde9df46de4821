import SyncLedger

/// What keeps a root from sending, and what it waits for: as the sync ledger says when a call comes in, read in one go.
struct Standing {
    /// Why nothing is taken or sent until a person has run `recover`; nil: the ledger is as new as its root.
    let restored: String?
    /// Why nothing is sent for now; nil: it is.
    let paused: String?
    /// Why nothing goes to the company that is open; nil: it does.
    let halted: String?

    /// Reads it.
    init(_ books: Books) throws {
        restored = try Restoration(books: books).reason()
        paused = try Pause(books).reason()
        halted = try CompanyCheck(books: books).halt()
    }
}
