import Domain
import DropFolder
import Foundation
import SyncLedger

/// Copies of a root's sync ledger.
public struct Backup {
    private let ledger: String

    /// The copies of a root.
    /// - Throws: a `ConfigurationError`.
    public init(root path: String) throws {
        let path = URL(fileURLWithPath: path).path
        ledger = OpenRoot.ledgerPath(try Configuration.load(root: path), root: path)
    }

    /// Writes a copy as of now, beside the process that serves the root.
    /// - Throws: a `Problem` where there is nothing to copy; what the machine says.
    public func write(to file: String) throws {
        guard FileManager.default.fileExists(atPath: ledger) else {
            throw Problem(what: "There is no sync ledger \(ledger) yet.", remedy: "It is made at the first start.")
        }
        let target = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
        guard target != URL(fileURLWithPath: ledger).resolvingSymlinksInPath().path else {
            throw Problem(
                what: "\(file) is the sync ledger itself.", remedy: "Name another file, best on another disk.")
        }
        try RootBeginning.ledgerToRead(ledger).backUp(to: target, stamp: WallClock.text(WallClock.system.now()))
    }
}
