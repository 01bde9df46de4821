import Domain
import DropFolder
import SyncLedger

/// What follows from a sync ledger that is older than its root: one that was restored from a backup, or made anew.
///
/// QuickBooks and Procore may have taken what the ledger does not know. Until a person has run `recover`, nothing is
/// taken and nothing sent. From then on, until the person ends it, each transaction is asked after before it is added
/// or changed, and nothing is imported.
struct Restoration {
    let books: Books

    private static let found = "restored"
    private static let since = "recovering since"

    /// Why nothing is taken or sent; nil: the ledger is as new as its root.
    func reason() throws -> String? { try books.fact(Self.found) }

    /// When `recover` was run, in seconds since 1970; nil: everything is as usual.
    func recoveringSince() throws -> Int64? { try books.fact(Self.since).flatMap { Int64($0) } }

    /// Why nothing is imported; nil: it is.
    func importHalt() throws -> String? { try recoveringSince().map(Self.importHalt) }

    /// Why nothing is imported after `recover` was run, at so many seconds since 1970.
    static func importHalt(since: Int64) -> String {
        "The sync ledger was restored, and plumbline recover was run at \(WallClock.text(since)): nothing is "
            + "imported until plumbline recover --end says that all of Procore's exports were dropped again."
    }

    /// Looks whether the ledger is older than its root.
    /// - Parameters:
    ///   - numbers: what the root's mark says; nil where it has none.
    ///   - identity: by which the marks know the ledger.
    func check(_ numbers: FolderMarkers.Numbers?, identity: String) throws {
        guard try reason() == nil else { return }
        if let stamp = try books.fact(Ledger.backupStamp) {
            try books.setFact(Self.found, "The sync ledger is a backup of \(stamp).")
            try books.setFact(Ledger.backupStamp, nil)
        } else if let numbers, numbers.ledger != identity {
            try books.setFact(
                Self.found, "The sync ledger is new, and this root was served with another one, which is not there.")
        } else if let numbers {
            let (document, file) = (try books.nextSequence() - 1, try books.lastIntake())
            guard numbers.document > document || numbers.file > file else { return }
            try books.setFact(
                Self.found,
                "The sync ledger is older than its root: it knows \(document) documents and \(file) files, and the "
                    + "root's mark says \(numbers.document) and \(numbers.file).")
        }
    }

    /// From here on the ledger is worked with again, and what it may not know is asked after.
    func begin(at now: Int64) throws {
        try books.setFact(Self.found, nil)
        try books.setFact(Self.since, String(now))
    }

    /// From here on everything is as usual.
    func end() throws { try books.setFact(Self.since, nil) }
}

/// The sync ledger is older than its root.
struct LedgerRestored: Error, CustomStringConvertible {
    /// How that is known.
    let reason: String

    static let remedy =
        "Nothing is taken or sent, since QuickBooks may have what the ledger does not know. Stop plumbline run, and run "
        + "plumbline recover, which says what to do."

    var description: String { "\(reason) \(Self.remedy)" }
}
