import Domain
import DropFolder
import Foundation
import SyncLedger

/// What follows the commit: documents come into sight, receipts and log lines are written, originals are filed away.
extension FileProcessor {
    /// Publishes what is staged, and finishes every file whose receipt or filing may be missing.
    /// - Parameters:
    ///   - claims: those of the files that were just read.
    ///   - opened: the outboxes, as they were opened for what was just staged.
    func finish(
        isRedelivery: Bool, _ claims: [ClaimedFile] = [],
        stagedIn opened: [LedgerDocument.Outbox: Outbox.Opened] = [:]
    ) throws {
        // Ahead of all else: somebody waits for the documents.
        let published = try publish(opened)
        let files = try root.ledger.readWithoutTransaction { try $0.unfinishedFiles() }.filter {
            isRedelivery || !root.faults.unfiled.contains($0.intake)
        }
        if files.contains(where: { $0.receipt == nil }) { try root.ledger.keepLittle(true) }
        guard !published.isEmpty || !files.isEmpty else { return }
        // Where there are many, the receipts are written while the originals are filed away: neither needs the other.
        let (markers, results) = (root.markers, root.folders.results)
        let write = { @Sendable (files: [LedgerFile]) throws in
            try markers.write(
                files.compactMap { file in file.receipt.map { (ReceiptPlace.path(file), $0) } }, into: results)
        }
        let receipts = files.count > 1 ? WriteBehind(write) : nil
        defer { receipts?.stop() }
        for start in stride(from: 0, to: files.count, by: Self.receiptsTogether) {
            let some = Array(files[start..<min(start + Self.receiptsTogether, files.count)])
            if let receipts { try receipts.put(some) } else { try write(some) }
        }
        for file in files where file.receipt == nil { try writeLongReceipt(of: file) }
        for file in files {
            let receipt = "outbox/results/\(ReceiptPlace.path(file))"
            try root.journal.file(
                FinishedFile(
                    intake: file.intake, name: file.name, received: file.received, outcome: file.outcome,
                    outputs: file.outputs, receiptPath: receipt, summary: file.summary),
                isRedelivery: isRedelivery)
        }
        if files.contains(where: { $0.receipt == nil }) { Memory.giveBack() }
        let taken = Dictionary(claims.map { ($0.intake, $0) }) { first, _ in first }
        let filed = try files.compactMap { try filedAway($0, taken[$0.intake]) }
        try receipts?.drain()
        // If a loss of power takes this back, the staged names are gone all the same, and the files are finished again.
        try root.ledger.writeLightly { books in
            try books.markPublished(published)
            for (intake, path) in filed { try books.markFinished(intake, filedAs: path) }
        }
    }

    /// Writes a receipt that is too long to be in memory as a whole.
    /// - Parameter addition: what stands there in place of its end; nil: it is as it is.
    func writeLongReceipt(of file: LedgerFile, endingIn addition: [UInt8]? = nil) throws {
        try root.markers.write(ReceiptPlace.path(file), into: root.folders.results) { put in
            try root.ledger.readWithoutTransaction { books in
                guard let addition else { return try books.eachPiece(ofReceipt: file.intake, put) }
                var end = ReplacedEnd(FileFates.receiptEnd)
                try books.eachPiece(ofReceipt: file.intake) { try end.take($0, put) }
                try end.finish(addition, put)
            }
        }
    }

    /// Files an original away; nil where that one file cannot be, while the others can.
    private func filedAway(_ file: LedgerFile, _ taken: ClaimedFile?) throws -> (intake: Int, path: String?)? {
        do {
            let path = try fileAway(file, taken)
            // Also where an earlier process met the fault.
            root.faults.unfiled.remove(file.intake)
            root.faults.clear(.taken(file.intake))
            return (file.intake, path?.shown)
        } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
            root.faults.unfiled.insert(file.intake)
            let folder = file.problemText == nil ? "inbox/processed" : "inbox/rejected"
            root.faults.report(
                .taken(file.intake),
                InboxFault(
                    RelativePath(file.path),
                    what: "It was read, its receipt is written, and it cannot be filed away: \(error).",
                    remedy:
                        "An administrator gives Plumbline's user the right to write in \(folder) and its folders, and "
                        + "sees that their disk works. It is tried again every minute; nothing of it is sent twice."))
            return nil
        }
    }

    /// Files an original, and the copy of its refused records; what was filed before is left.
    func fileAway(_ file: LedgerFile, _ taken: ClaimedFile? = nil) throws -> RelativePath? {
        let claim = taken ?? ClaimedFile(root.folders, intake: file.intake, knownAs: file.path)
        if let ending = file.rejectedCopy {
            _ = try root.archive.fileRejects(of: claim, ending: ending, problem: file.problemText)
        } else if let problem = file.problemText {
            return try root.archive.file(claim, rejectedFor: problem)
        }
        return try root.archive.file(claim, processedOn: String(file.received.prefix(10)))
    }

    /// Writes the highest numbers into the root's mark, so that a sync ledger from an older backup is found out.
    private func markNumbers() throws {
        let (document, file) = try root.ledger.readWithoutTransaction { try $0.highestNumbers() }
        try root.markers.raise(document: document, file: file)
    }

    /// Renames staged documents into sight in number order; a failed rename stops the later ones of that outbox.
    /// - Parameter opened: the outboxes, as they were opened for what was just staged.
    /// - Returns: the numbers of the last that are in sight now, which the ledger does not know yet. It is told of those before
    ///   them by another thread, while the next ones are renamed.
    private func publish(_ opened: [LedgerDocument.Outbox: Outbox.Opened]) throws -> [Int] {
        let ledger = root.ledger
        var marks: WriteBehind<[Int]>?
        defer { marks?.stop() }
        var last = 0
        while true {
            let staged = try root.ledger.readWithoutTransaction {
                try $0.stagedDocuments(after: last, limit: Self.publishedTogether)
            }
            guard let end = staged.last?.sequence else {
                try marks?.drain()
                return []
            }
            try root.lock.confirm()
            if last == 0 { try markNumbers() }
            // What is left to be done of a long file goes through the ledger from one end to the other.
            if staged.count == Self.publishedTogether { try root.ledger.keepLittle(true) }
            last = end
            for outbox in LedgerDocument.Outbox.allCases {
                let documents = staged.filter { $0.outbox == outbox }
                guard !documents.isEmpty else { continue }
                try root.outbox(outbox).publish(documents.map(\.name), in: opened[outbox])
            }
            let published = staged.map(\.sequence)
            if staged.count < Self.publishedTogether {
                try marks?.drain()
                return published
            }
            marks = marks ?? WriteBehind { numbers in try ledger.writeLightly { try $0.markPublished(numbers) } }
            try marks?.put(published)
        }
    }

    /// How many receipts are written together.
    private static let receiptsTogether = 64

    /// How many documents are published together.
    private static let publishedTogether = 4_096
}
