import GRDB

/// The sync ledger cannot be read or written: its disk is full, read-only or failing, or the file is damaged.
///
/// Never the input's fault: what was under way is undone, and is done again once the ledger can be used.
public struct LedgerTrouble: Error, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Kind: Sendable {
        case full, readOnly, failing, busy, damaged, unreachable, other
    }

    /// What is wrong.
    public let kind: Kind
    /// What SQLite says.
    public let message: String

    init(_ error: DatabaseError) {
        kind =
            switch error.resultCode {
            case .SQLITE_FULL: .full
            case .SQLITE_READONLY, .SQLITE_PERM: .readOnly
            case .SQLITE_IOERR: .failing
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
            case .SQLITE_CANTOPEN: .unreachable
            default: .other
            }
        message = "\(error)"
    }

    /// `The sync ledger: SQLite error 13: database or disk is full`
    public var description: String { "The sync ledger: \(message)" }
}

/// Runs something, and tells what SQLite says as a `LedgerTrouble`.
func told<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw LedgerTrouble(error)
    }
}
