import GRDB
import Synchronization

/// The one connection of a process to its sync ledger, which can be closed and opened anew while others hold the ledger.
final class LedgerConnection: Sendable {
    private let open: @Sendable () throws -> DatabaseQueue
    /// nil: it was closed, and whoever needs it next opens it.
    private let queue: Mutex<DatabaseQueue?>

    /// Opens it.
    /// - Parameter open: opens the file; called again whenever it was closed.
    /// - Throws: what SQLite says, as a `LedgerFault`; what else `open` throws.
    init(_ open: @escaping @Sendable () throws -> DatabaseQueue) throws {
        self.open = open
        let first = try translatingErrors { try open() }
        queue = Mutex(first)
    }

    /// The connection, opened where it is not.
    func opened() throws -> DatabaseQueue {
        try queue.withLock { queue in
            if let queue { return queue }
            let new = try open()
            queue = new
            return new
        }
    }

    /// Closes it; nothing of it may be in use.
    func close() throws {
        try queue.withLock { queue in
            try queue?.close()
            queue = nil
        }
    }
}
