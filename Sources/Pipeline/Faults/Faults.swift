import Domain
import DropFolder
import SyncLedger

/// The files and folders of one root that stand in their own way, while everything else goes on.
///
/// Each is told once, when it is met, and once more when it is over: in both logs, in `status` and `doctor`, and in a
/// problem file in `inbox/rejected`. They are kept in the sync ledger, so that a new start does not tell them again.
struct Faults {
    /// What waits.
    enum Subject: Hashable {
        /// A file or folder that stands in the inbox.
        case dropped(RelativePath)
        /// A file that was taken.
        case taken(Int)

        var bytes: [UInt8] {
            switch self {
            case .dropped(let path): path.bytes
            case .taken(let intake): Array("#\(intake)".utf8)
            }
        }

        init(_ bytes: [UInt8]) {
            let number =
                bytes.first == UInt8(ascii: "#") ? Int(String(decoding: bytes.dropFirst(), as: UTF8.self)) : nil
            self = number.map { .taken($0) } ?? .dropped(RelativePath(bytes))
        }
    }

    private(set) var known: [Subject: InboxFault] = [:]
    /// The numbers of files that were read and cannot be filed away just now.
    var unfiled: Set<Int> = []
    /// What is to be told: subjects that were met or are over since it was told last.
    private var changed: Set<Subject> = []
    /// What was told, by subject.
    private var announced: [Subject: InboxFault] = [:]

    /// Those that an earlier process met.
    init(_ ledger: Ledger) throws {
        for fault in try ledger.read({ try $0.faults() }) {
            known[Subject(fault.subject)] = InboxFault(
                RelativePath(fault.object), what: fault.what, remedy: fault.remedy)
        }
        announced = known
    }

    /// The files and folders that are to be mended, each once.
    var objects: [InboxFault] { Set(known.values).sorted { $0.object < $1.object } }

    /// Whether a file that was taken waits to be tried again.
    var holdsTaken: Bool {
        known.keys.contains { if case .taken = $0 { true } else { false } }
    }

    /// Something stands in its own way.
    mutating func report(_ subject: Subject, _ fault: InboxFault) {
        guard known[subject] != fault else { return }
        known[subject] = fault
        changed.insert(subject)
    }

    /// It does not any more.
    mutating func clear(_ subject: Subject) {
        guard known.removeValue(forKey: subject) != nil else { return }
        changed.insert(subject)
    }

    /// A scan has seen everything that stands in the inbox: what is not there waits no more.
    mutating func scanned(_ scan: Inbox.Scan) {
        guard !known.isEmpty || !scan.faults.isEmpty else { return }
        for fault in scan.faults { report(.dropped(fault.object), fault) }
        let there = Set(scan.files).union(scan.faults.map(\.object))
        for case .dropped(let path) in known.keys where !there.contains(path) { clear(.dropped(path)) }
    }

    /// What was met and what is over since this was asked last, each object once.
    mutating func news() -> (subjects: Set<Subject>, met: [InboxFault], over: [InboxFault]) {
        guard !changed.isEmpty else { return ([], [], []) }
        let (before, now) = (Set(announced.values), Set(known.values))
        defer {
            announced = known
            changed = []
        }
        let order = { (left: InboxFault, right: InboxFault) in left.object < right.object }
        return (changed, now.subtracting(before).sorted(by: order), before.subtracting(now).sorted(by: order))
    }
}

extension FileProcessor {
    /// Tells what stands in its own way since this was told last, and what does not any more.
    func announceFaults() throws {
        let news = root.faults.news()
        guard !news.subjects.isEmpty else { return }
        let now = WallClock.text(clock.now())
        try root.ledger.writeLightly { books in
            for subject in news.subjects {
                guard let fault = root.faults.known[subject] else {
                    try books.endFault(of: subject.bytes)
                    continue
                }
                try books.set(
                    WaitingFault(
                        subject: subject.bytes, object: fault.object.bytes, what: fault.what, remedy: fault.remedy,
                        since: now))
            }
        }
        // Ahead of what stands there now for another reason, which has the same name.
        for fault in news.over { try? root.archive.withdraw(fault.object, problem: fault.problemText) }
        for fault in news.met {
            try root.journal.fault(fault, at: now)
            // Without a problem file it is told in the logs and by status.
            _ = try? root.archive.report(fault.object, problem: fault.problemText)
        }
        let waiting = Set(root.faults.known.values.map(\.object))
        for fault in news.over where !waiting.contains(fault.object) { try root.journal.faultIsOver(fault, at: now) }
    }
}

extension InboxFault {
    /// What its problem file says.
    var problemText: String {
        Receipt.problemText(file: object.shown, problems: [Problem(what: what, remedy: remedy)])
    }

    /// A file that was taken and cannot be read just now.
    init(_ claim: ClaimedFile, _ problem: Problem) {
        self.init(claim.path, what: problem.what, remedy: problem.remedy)
    }
}
