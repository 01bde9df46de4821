import Domain
import GRDB

/// What a ledger needs that was restored from a backup.
extension Books {
    static let documentFloor = "document floor"
    static let fileFloor = "file floor"

    /// Has numbers go on above these, which were used before.
    public func raiseNumbers(document: Int, file: Int) throws {
        try setFact(Self.documentFloor, String(max(document, try nextSequence() - 1)))
        try setFact(Self.fileFloor, String(max(file, try lastIntake())))
    }

    /// The number below which no document is numbered any more.
    func lowestDocument() throws -> Int { try fact(Self.documentFloor).flatMap { Int($0) } ?? 0 }

    /// The number below which no file is numbered any more.
    func lowestFile() throws -> Int { try fact(Self.fileFloor).flatMap { Int($0) } ?? 0 }

    /// Takes every staged document for published: what it asked is asked after.
    public func markAllPublished() throws {
        try db.execute(literal: "UPDATE document SET published = 1 WHERE published = 0")
    }

    /// Has QuickBooks asked about everything that was tried and is not there as far as is known, and every estimate
    /// and purchase order read anew before it is changed.
    public func doubtWhatWasTried() throws {
        try db.execute(
            literal: """
                UPDATE record SET question = \(LedgerRequest.Operation.lookup.rawValue)
                WHERE list_id IS NULL AND attempts > 0 AND question IS NULL
                """)
        let grown = [Entity.budgets, .commitments].map(\.rawValue)
        try db.execute(
            literal: "UPDATE record SET edit_sequence = NULL WHERE list_id IS NOT NULL AND entity IN \(grown)")
    }
}
