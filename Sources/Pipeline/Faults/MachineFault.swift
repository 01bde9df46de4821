import DropFolder
import Domain
import Glibc
import SyncLedger

/// What keeps a root from going on, and what to do about it. Whatever it is, nothing is lost: files stay where they are,
/// and work goes on by itself once the machine can.
struct MachineFault: Sendable, Hashable {
    /// What happened, in a sentence.
    let what: String
    /// What to do about it.
    let remedy: String
    /// Whether it is about locks of the sync ledger, which one that is opened anew may be rid of.
    let isAboutLocks: Bool

    /// What an error of the machine means to a person.
    init(_ error: any Error) {
        switch error {
        case let missing as FolderMarkers.Missing: self.init([missing])
        case let missing as FoldersMissing: self.init(missing.folders)
        case let restored as LedgerRestored: self.init(restored.reason, LedgerRestored.remedy)
        case let system as SystemError:
            self.init("\(system).", Self.remedy(of: system))
        case let ledger as LedgerFault:
            self.init("\(ledger).", Self.remedy(of: ledger.kind), isAboutLocks: ledger.kind == .busy)
        default:
            self.init(
                "\(error)",
                "It is tried again every half minute; where that does not help, please report it with this text.")
        }
    }

    private init(_ what: String, _ remedy: String, isAboutLocks: Bool = false) {
        self.what = what
        self.remedy = remedy
        self.isAboutLocks = isAboutLocks
    }

    /// Folders that are not what they should be.
    init(_ missing: [FolderMarkers.Missing]) {
        self.init(
            missing.map(\.description).joined(separator: " "),
            "Mount the share again, and it goes on by itself. If the folder is the right one, for instance because it "
                + "was made anew, run plumbline recover --mark-folders.")
    }

    /// A configuration that was changed and cannot be taken, while the one before counts.
    /// - Parameter findings: what is wrong with it, a sentence a line.
    init(configuration findings: String) {
        self.init(
            "plumbline.yaml was read again and is not taken, so the one before goes on to count: "
                + findings.split(separator: "\n").joined(separator: " "),
            "Mend it and reload (systemctl reload, or SIGHUP). What cannot change while Plumbline runs counts after a "
                + "restart: systemctl restart.")
    }

    private static func remedy(of error: SystemError) -> String {
        let place = error.path.isEmpty ? "the root" : error.path
        return switch error.errno {
        case ENOSPC: "Make room on the disk that holds \(place)."
        case EDQUOT: "Raise the quota of Plumbline's user where \(place) is, or make room there."
        case EROFS:
            "Mount the file system that holds \(place) for writing again; look for its errors in dmesg. Where it is the "
                + "service's unit that forbids it, permit the folder with ReadWritePaths= (systemctl edit)."
        case EACCES, EPERM: "Give Plumbline's user the right to read and write \(place)."
        case EEXIST: "Something else has that name: move it out of the outbox. What was to stand there is kept."
        case EIO: "Look for errors of the disk in dmesg, and replace it if it is failing."
        case ESTALE, ENOTCONN, EHOSTDOWN, ETIMEDOUT: "Mount the share that holds \(place) again."
        case ENFILE, EMFILE: "Raise the limit of open files, LimitNOFILE in the service's unit."
        case ENOENT, ENOTDIR, ELOOP: "See that \(place) is a folder, and that its share is mounted."
        default: "See that the disk or share that holds \(place) works."
        }
    }

    private static func remedy(of kind: LedgerFault.Kind) -> String {
        switch kind {
        case .full: "Make room on the disk that holds the sync ledger."
        case .readOnly: "Give Plumbline's user the right to write the sync ledger, and mount its disk for writing."
        case .unfinished: "Start Plumbline (plumbline run, or once): it takes the ledger up and goes on."
        case .failing: "Look for errors of the disk that holds the sync ledger in dmesg, and see that it is not full."
        case .busy:
            "End the other program that holds the sync ledger open. If there is none, Plumbline opens it anew by itself."
        case .damaged: "Stop Plumbline, keep the file, restore a backup, and run plumbline recover."
        case .unreachable: "See that the folder of the sync ledger is there, and may be written."
        case .memory: "Give Plumbline more memory: MemoryMax in the service's unit, or that of the machine."
        case .statement: "Run plumbline doctor, which checks the sync ledger; please report it with this text."
        }
    }
}

/// What the machine refused, with what to do about it; other errors in their own words.
public func explanation(of error: any Error) -> String {
    guard error is SystemError || error is LedgerFault else { return "\(error)" }
    let fault = MachineFault(error)
    return "\(fault.what) \(fault.remedy)"
}

/// Whether what kept a process from starting may be over in a moment without anybody changing Plumbline's own things: a full
/// disk, a lock of another program, a share that is not mounted.
/// - Parameter error: what the start threw.
public func mayHeal(_ error: any Error) -> Bool {
    switch error {
    case is SystemError, is FoldersMissing, is LedgerInTheMaking: true
    case let ledger as LedgerFault: ledger.isOfTheMachine && ledger.kind != .damaged
    default: false
    }
}

/// Folders of a root that are not what they should be.
struct FoldersMissing: Error, CustomStringConvertible {
    let folders: [FolderMarkers.Missing]

    var description: String {
        let fault = MachineFault(folders)
        return "\(fault.what) \(fault.remedy)"
    }
}
