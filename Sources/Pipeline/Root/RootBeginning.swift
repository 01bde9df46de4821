import DropFolder
import Foundation
import Logging
import SyncLedger

/// The beginning of a root: its sync ledger is made, or brought to this version, and its folders get their marks. Whoever comes
/// meanwhile waits for that, rather than meet half of it.
public enum RootBeginning {
    /// For how long another process's last or first moments are waited for.
    static let patience = Duration.seconds(5)
    /// How often it is looked again.
    static let pause = Duration.milliseconds(50)
    /// So many looks that find no owner say that there is none: one that has just ended may be followed by another.
    private static let looks = 3

    // MARK: - For those who look

    /// Opens a ledger to look at, of this version or of an earlier one.
    /// - Throws: a `LedgerInTheMaking` where its owner needs longer; a `LedgerFault` where it was left half made; what else
    ///   SQLite says.
    static func ledgerToRead(_ path: String, patience: Duration = patience) throws -> Ledger {
        try wait(patience, ledger: path) { try Ledger.shape(at: path) != .unfinished }
        return try Ledger(readingFrom: path)
    }

    /// Waits until the owner of a ledger can be left something in it.
    /// - Throws: as `ledgerToRead`; a `LedgerOfAnotherVersion` where the owner is of an earlier version.
    static func waitForOwner(ofLedger path: String, patience: Duration = patience) throws {
        try wait(patience, ledger: path) { try Ledger.shape(at: path) == .current }
    }

    private static func wait(_ patience: Duration, ledger path: String, until isDone: () throws -> Bool) throws {
        let end = ContinuousClock.now + patience
        var unowned = 0
        while true {
            let owner = OwnerLock.heartbeat(ofOwnerOf: path)
            if owner?.isBeginning != true, try isDone() { return }
            unowned = owner == nil ? unowned + 1 : 0
            guard unowned < looks else { throw LedgerFault.unfinished }
            guard ContinuousClock.now < end else { throw try reason(owner, ledger: path) }
            Thread.sleep(forTimeInterval: pause / .seconds(1))
        }
    }

    /// Why a ledger that is owned is not what it is to be.
    private static func reason(_ owner: OwnerHeartbeat?, ledger path: String) throws -> any Error {
        let shape = try Ledger.shape(at: path)
        guard owner?.isBeginning != true, shape != .unfinished else {
            return LedgerInTheMaking(path: path, shape: shape)
        }
        return LedgerOfAnotherVersion()
    }

    // MARK: - For those who work beside the owner

    /// Has a root's ledger and folders made: by whoever serves it, else by this process. A root that is ready is not taken for
    /// that, since whoever is about to serve it would find it taken.
    /// - Parameters:
    ///   - root: its path.
    ///   - ledger: the path of its ledger.
    ///   - patience: for how long somebody who has the root is waited for.
    /// - Throws: what keeps the root from being opened; `OwnerLock.Owned` where another machine has it; as `waitForOwner`.
    static func complete(_ root: String, ledger: String, patience: Duration = patience) throws {
        let end = ContinuousClock.now + patience
        while try !isComplete(root, ledger: ledger) {
            do {
                return try OpenRoot(path: root).close()
            } catch let owned as OwnerLock.Owned where owned.isHere {
                let owner = OwnerLock.heartbeat(ofOwnerOf: ledger)
                // Nobody: it was given back in this moment, perhaps half made.
                guard ContinuousClock.now < end || owner == nil else { throw try reason(owner, ledger: ledger) }
            }
            Thread.sleep(forTimeInterval: pause / .seconds(1))
        }
    }

    private static func isComplete(_ root: String, ledger path: String) throws -> Bool {
        guard OwnerLock.heartbeat(ofOwnerOf: path)?.isBeginning != true, try Ledger.shape(at: path) == .current else {
            return false
        }
        return try RootMarks(RootFolders(root: root), Ledger(readingFrom: path)).known() != nil
    }

    /// Waits while whoever serves one of the roots is only beginning, for as long as that takes: a large ledger of an earlier
    /// version takes minutes.
    /// - Parameters:
    ///   - roots: their paths.
    ///   - logger: told of each that is waited for.
    /// - Throws: a `CancellationError`.
    public static func waitForOwners(of roots: [String], logger: Logger) async throws {
        for root in roots {
            let root = URL(fileURLWithPath: root).path
            // What is wrong with it is told by whoever opens the root.
            guard let configuration = try? Configuration.load(root: root) else { continue }
            let ledger = OpenRoot.ledgerPath(configuration, root: root)
            var told = Waited?.none
            while OwnerLock.heartbeat(ofOwnerOf: ledger)?.isBeginning == true {
                tell(.beginning, root, &told, logger)
                try await Task.sleep(for: pause)
            }
        }
    }

    // MARK: - For the daemon

    /// Takes a root; another process's last moments are waited for, and the first ones of whoever is only making it.
    /// - Parameters:
    ///   - root: its path.
    ///   - logger: told that somebody is waited for.
    ///   - patience: for how long another's last moments are waited for.
    ///   - isEnding: whether this process is told to end.
    /// - Returns: nil: it is.
    /// - Throws: what keeps the root from being opened; `OwnerLock.Owned` where it stays taken.
    static func take(
        _ root: String, logger: Logger, patience: Duration = patience, isEnding: () -> Bool
    ) async throws -> OpenRoot? {
        let ledger = OpenRoot.ledgerPath(try Configuration.load(root: root), root: root)
        var end = ContinuousClock.now + patience
        var told = Waited?.none
        while !isEnding() {
            do {
                return try OpenRoot(path: root)
            } catch let owned as OwnerLock.Owned where owned.isHere {
                if OwnerLock.heartbeat(ofOwnerOf: ledger)?.isBeginning == true {
                    end = ContinuousClock.now + patience
                    tell(.beginning, root, &told, logger)
                } else if ContinuousClock.now < end {
                    tell(.end, root, &told, logger)
                } else {
                    throw owned
                }
            }
            try await Task.sleep(for: pause)
        }
        return nil
    }

    // MARK: - What the log says

    /// What is waited for of the process that has a root.
    private enum Waited { case beginning, end }

    /// Says what is waited for, when it begins and when it changes.
    private static func tell(_ waited: Waited, _ root: String, _ told: inout Waited?, _ logger: Logger) {
        guard told != waited else { return }
        told = waited
        switch waited {
        case .beginning: logger.info("Another process is just opening \(root): waiting until it has. Nothing is wrong.")
        case .end: logger.info("Another process has \(root): waiting a moment for its end.")
        }
    }
}

/// A sync ledger that its owner is just making, or bringing to this version.
public struct LedgerInTheMaking: Error, Sendable, CustomStringConvertible {
    /// Path of the ledger's file.
    public let path: String
    /// How far that is.
    public let shape: LedgerShape

    /// What goes on, and what to do.
    public var description: String {
        let what =
            switch shape {
            case .unfinished: "made"
            case .earlier: "brought to this version of Plumbline, which takes minutes where it is large"
            case .current: "opened"
            }
        return "The sync ledger \(path) is just being \(what). Nothing is wrong: try again in a while."
    }
}
