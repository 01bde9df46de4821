import Domain
import DropFolder
import Foundation
import SyncLedger

/// Leads a root with a restored sync ledger back to work: `plumbline recover`.
public struct RootRecovery {
    private let root: OpenRoot
    private let clock: WallClock

    /// Opens the root; nobody else may serve it meanwhile.
    /// - Parameter path: the company's folder.
    /// - Parameter clock: what time it is.
    /// - Parameter isRight: whether a person says that it is the right one, whatever marks its folders have.
    /// - Throws: as `OpenRoot` does.
    public init(root path: String, isRight: Bool = false, clock: WallClock = .system) throws {
        root = try OpenRoot(path: path, isRight: isRight)
        self.clock = clock
    }

    /// Gives the root back.
    public func close() { root.close() }

    /// What is to be done; nil: nothing.
    public func plan() throws -> String? {
        let missing = root.markers.snapshot().missing
        if let reason = root.restored {
            let (requests, pulls) = try root.ledger.read { (try $0.openRequests().count, try $0.openPulls().count) }
            let standing = try outbox(.quickbooks).publishedNames()
            let reviews = try root.ledger.read { try $0.waitingReviews().count }
            let reviewed = reviews == 0 ? "" : "; what waits for approval (\(reviews)) is asked after as well"
            return """
                \(reason)
                plumbline recover --yes does this:
                - numbers of documents and receipts go on above all that were ever used here;
                - documents that stand in outbox/quickbooks (\(standing.count)) are withdrawn to \
                outbox/quickbooks/.withdrawn, since what they ask may be done already\(reviewed);
                - \(requests) requests without an answer are asked after, \(pulls) pulls are given up;
                - each transaction is asked after before it is added or changed, and nothing is imported.
                Then drop all of Procore's exports since the backup again, and QuickBooks' answers. When status shows \
                that nothing waits any more, plumbline recover --end goes back to work as usual.
                """
        }
        if !missing.isEmpty { return "\(FoldersMissing(folders: missing))" }
        if let since = try root.ledger.read({ try Restoration(books: $0).recoveringSince() }) {
            return """
                plumbline recover was run at \(WallClock.text(since)); each transaction is asked after before it is added.
                Once all of Procore's exports since the backup were dropped again and answered, run plumbline recover --end.
                """
        }
        return nil
    }

    /// Marks every folder as one of this root: a person says that they are the right ones.
    /// - Throws: a `SystemError`.
    public func markFolders() throws -> [String] {
        let missing = root.markers.snapshot().missing
        try root.folders.create()
        try root.markers.make(numbers())
        return missing.map { "\($0.path) is marked." }
    }

    /// Does what the plan says.
    public func recover() throws -> CommandOutcome {
        try raiseNumbers()
        try root.folders.create()
        for each in outboxes { try outbox(each).removeStaged(except: []) }
        let withdrawn = try outbox(.quickbooks).withdraw() + ReviewFolders(root.folders).withdraw()
        try root.markers.make(numbers())
        let processor = FileProcessor(root, clock: clock)
        var outcome = try processor.run(.recover)
        outcome.done = withdrawn.map { "\($0) is withdrawn." } + outcome.done
        return outcome
    }

    /// Goes back to work as usual.
    public func end() throws -> CommandOutcome {
        try root.requireReady()
        let processor = FileProcessor(root, clock: clock)
        _ = try processor.recover()
        return try processor.run(.endRecovery)
    }

    /// Those that the root has.
    private var outboxes: [LedgerDocument.Outbox] {
        LedgerDocument.Outbox.allCases.filter { $0 != .review || outbox($0).isThere }
    }

    /// An outbox whatever its mark: it may be that of the ledger that was lost.
    private func outbox(_ outbox: LedgerDocument.Outbox) -> Outbox {
        Outbox(folder: root.folders.outbox(outbox.rawValue))
    }

    /// Numbers go on above the highest that the root's mark, the outboxes and the receipts know.
    private func raiseNumbers() throws {
        let mark = try FolderMarkers.numbers(root.folders)
        let documents = try outboxes.flatMap { try outbox($0).publishedNames() }
        let receipts = (try? FileManager.default.subpathsOfDirectory(atPath: root.folders.results)) ?? []
        let claims = try root.inbox.claims().map(\.intake)
        let document = ([mark?.document ?? 0] + documents.compactMap(Self.number)).max() ?? 0
        let file = ([mark?.file ?? 0] + receipts.compactMap(Self.receiptNumber) + claims).max() ?? 0
        try root.ledger.write { try $0.raiseNumbers(document: document, file: file) }
    }

    /// The number that a document's or a receipt's name begins with.
    private static func number(_ name: String) -> Int? {
        Int(name.prefix { $0.isASCII && $0.isNumber })
    }

    /// The number of a receipt, by its path below `outbox/results`: one of a folder is a day, and none.
    private static func receiptNumber(_ path: String) -> Int? {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.contains(".result.") ? number(name) : nil
    }

    private func numbers() throws -> FolderMarkers.Numbers {
        try RootMarks(root.folders, root.ledger).numbers()
    }
}
