import Domain
import DropFolder
import Foundation
import Logging
import SyncLedger

/// What stays of a root that is served while its sync ledger is closed: where it is, and how it is set up.
struct RootPlace: Sendable {
    let path: String
    let configuration: Configuration
    let folders: CarrierFolders
    let clock: WallClock
    let logger: Logger
    private let patience: Double

    /// Looks at a root beside whoever owns it; where nobody has opened its ledger yet, it is made.
    /// - Parameter patience: for how many seconds a write of the owner is waited for.
    /// - Throws: a `ConfigurationError`, a `Problem` where it cannot be served, or what SQLite says.
    init(path: String, clock: WallClock, logger: Logger, patience: Double = WebConnectorUsers.patience) throws {
        self.path = URL(fileURLWithPath: path).path
        configuration = try Configuration.load(root: self.path)
        let ledger = try WebConnectorUsers.ledger(ofRoot: self.path, patience: patience)
        let rootFolders = RootFolders(root: self.path)
        guard let markers = try RootMarks(rootFolders, ledger).known() else {
            throw Problem(
                what: "The folders of \(self.path) have not been made yet.",
                remedy: "Run plumbline once there, and start again.")
        }
        folders = CarrierFolders(rootFolders, markers: markers)
        self.clock = clock
        self.patience = patience
        var logger = logger
        logger[metadataKey: "root"] = "\(self.path)"
        self.logger = logger
        try? folders.removeAbandoned(olderThan: ServedRoot.lifetime, now: clock.now())
    }

    /// The ledger's file.
    var ledgerPath: String { OpenRoot.ledgerPath(configuration, root: path) }

    /// Opens its ledger, beside whoever owns it.
    /// - Throws: a `Problem` where there is none, since SQLite would make an empty one; a `LedgerOfAnotherVersion` where
    ///   its owner has become another; what SQLite says.
    func openLedger() throws -> Ledger {
        try checkLedger()
        return try Ledger(besideOwnerOf: ledgerPath, patience: patience)
    }

    /// Opens its ledger for reading only, for a moment: unlike the other this writes nothing to it.
    /// - Throws: a `Problem` where there is none; what SQLite says.
    func ledgerForReading() throws -> Ledger {
        try checkLedger()
        return try Ledger(readingFrom: ledgerPath)
    }

    private func checkLedger() throws {
        guard FileManager.default.fileExists(atPath: ledgerPath) else {
            throw Problem(
                what: "The sync ledger of \(path) is not there any more: \(ledgerPath).",
                remedy: "Bring the file back, or restore a backup of it (plumbline recover), and update again.")
        }
    }
}
