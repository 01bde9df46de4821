import GRDB

/// The sync ledger did not do what was asked of it.
///
/// Mostly it cannot be read or written: its disk is full, read-only or failing, or the file is damaged. That is the
/// machine's: what was under way is undone, and is done again once the ledger can be used. A statement that SQLite refuses
/// for what it says, such as one that breaks a constraint, is a mistake of ours about what was being applied.
public struct LedgerFault: Error, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Kind: Sendable {
        case full, readOnly, failing, damaged, unreachable, memory
        /// A lock is not to be had. Mostly another program has it; where the kernel refused to release one of ours, SQLite
        /// goes on to count it, and only a connection that is opened anew is rid of it.
        case busy
        /// A process was ended while it made the ledger, and only one that writes it can take that up.
        case unfinished
        /// The statement was refused for what it says, on a ledger that is well.
        case statement
    }

    /// What is wrong.
    public let kind: Kind
    /// Whether every file would meet it, so that waiting helps; otherwise it is about what was being applied.
    public var isOfTheMachine: Bool { kind != .statement }

    /// What SQLite says.
    public let message: String

    /// A ledger that was only begun.
    public static let unfinished = LedgerFault(kind: .unfinished, message: "its making was cut short")

    private init(kind: Kind, message: String) {
        (self.kind, self.message) = (kind, message)
    }

    init(_ error: DatabaseError) {
        if error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            self = .unfinished
            return
        }
        kind =
            switch error.resultCode {
            case .SQLITE_FULL: .full
            case .SQLITE_READONLY, .SQLITE_PERM: .readOnly
            case .SQLITE_IOERR: .failing
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .busy
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
            case .SQLITE_CANTOPEN: .unreachable
            case .SQLITE_NOMEM: .memory
            default: .statement
            }
        message = "\(error)"
    }

    /// `The sync ledger: SQLite error 13: database or disk is full`
    public var description: String { "The sync ledger: \(message)" }
}

/// Runs something, and tells what SQLite says as a `LedgerFault`.
func translatingErrors<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw LedgerFault(error)
    }
}
