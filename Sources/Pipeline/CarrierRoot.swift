import Domain
import DropFolder
import Foundation
import SyncLedger

/// A root as a carrier sees it, beside whoever serves it: its folders, its configuration, and its ledger, in which the
/// carrier keeps what it remembers.
public struct CarrierRoot {
    /// Its configuration.
    public private(set) var configuration: Configuration
    /// Its folders.
    public let folders: RootFolders
    /// Its sync ledger.
    public let ledger: Ledger
    /// Where that is.
    public let ledgerPath: String
    /// The marks of its folders.
    public let markers: FolderMarkers?

    /// Opens a root. Where nobody serves it, its folders and its ledger are made or brought up to date first.
    /// - Throws: a `ConfigurationError`, `OwnerLock.Owned` when another machine serves it, a `Problem`, what its owner
    ///   is doing (`LedgerInTheMaking`, `LedgerOfAnotherVersion`), or what the machine says.
    public init(path: String) throws {
        let path = URL(fileURLWithPath: path).path
        configuration = try Configuration.load(root: path)
        folders = RootFolders(root: path)
        ledgerPath = OpenRoot.ledgerPath(configuration, root: path)
        try RootBeginning.complete(path, ledger: ledgerPath)
        ledger = try Ledger(besideOwnerOf: ledgerPath)
        markers = try RootMarks(folders, ledger).known()
        try requireReady()
    }

    /// Reads the configuration again.
    /// - Parameter take: what is made of it; where that cannot be, the one before counts.
    /// - Throws: a `ConfigurationError`, or what `take` throws; then the one before counts.
    public mutating func readConfigurationAgain(_ take: (Configuration) throws -> Void) throws {
        let new = try Configuration.load(root: folders.root, insteadOf: configuration)
        try take(new)
        configuration = new
    }

    /// - Throws: a `Problem` where the ledger was restored, or a folder is not what it should be.
    public func requireReady() throws {
        guard let fault = try RootMarks(folders, ledger).fault() else { return }
        throw Problem(what: fault.what, remedy: fault.remedy)
    }
}
