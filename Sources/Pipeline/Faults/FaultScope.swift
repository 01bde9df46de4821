import Domain
import DropFolder
import QBXML
import SyncLedger

/// Whose fault an error is that was met while one file was applied. It belongs to the smallest thing it can belong to:
/// only what every file would meet is the machine's. Source: docs/ARCHITECTURE.md, "Whose fault it is".
enum FaultScope {
    /// The file's, or ours about this file: it is taken back and set aside with this story, and the others go on.
    case file(Problem)
    /// The file cannot be read just now: it waits with this story, and the others go on.
    case unreadable(Problem)
    /// The machine's: everything waits.
    case machine

    /// Whose fault an error is.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = .file(problem)
        case let malformed as MalformedDocument:
            self = .file(
                Problem(
                    what: "\(malformed)",
                    remedy: "This is a fault in Plumbline, and nothing was sent: please report it with this file."))
        case let system as SystemError: self = Self.scope(system)
        case let ledger as LedgerFault: self = ledger.isOfTheMachine ? .machine : .file(Self.ownFault(ledger.message))
        case is OwnerLock.Owned, is FoldersMissing, is FolderMarkers.Missing, is LedgerRestored: self = .machine
        default: self = .file(Self.ownFault("\(error)"))
        }
    }

    private static func scope(_ error: SystemError) -> FaultScope {
        if error.isAboutOneFile {
            return .file(
                Problem(
                    what: "The file cannot be opened: \(error).",
                    remedy: "See that it is a plain file which Plumbline's user may read, and drop it again."))
        }
        // Documents and receipts are written, never read: what is read is the file.
        guard error.call == "read" else { return .machine }
        return .unreadable(
            Problem(
                what: "It was taken and cannot be read: \(error).",
                remedy:
                    "An administrator looks for errors of the disk or share in dmesg. It is tried again every minute; if "
                    + "that does not help, move it out of the folder named here and drop a good copy."))
    }

    /// What to do about a mistake of ours that no file brought.
    static let report = "Please report it with this text to those who keep Plumbline; everything else goes on."

    /// The story of a mistake of ours.
    private static func ownFault(_ said: String) -> Problem {
        Problem(
            what:
                "Plumbline met an error of its own while it applied this file, and took back all that the file had led to: "
                + "nothing of it was sent. The error: \(said)",
            remedy:
                "Please report it with this file to those who keep Plumbline. The other files went on; after an update, "
                + "retry.txt in the inbox with the name of this one takes it again (as plumbline retry does).")
    }
}
