import Domain
import Foundation
import GRDB

/// A dropped file as the sync ledger knows it.
public struct LedgerFile: Sendable {
    /// Its number, as taken.
    public var intake: Int
    /// Its path below `inbox/`, as bytes.
    public var path: [UInt8]
    /// The same, safe to show.
    public var name: String
    /// SHA-256 of its bytes, in hexadecimal; empty where it could not be read.
    public var sha256: String
    /// When it was taken, UTC: `2026-11-22T21:30:05Z`.
    public var received: String
    /// `accepted`, `accepted-with-problems`, `duplicate`, `rejected`.
    public var outcome: String
    /// The receipt, byte for byte as it stands in its file; nil for a long one, which is read by `Books.eachPiece`.
    public var receipt: [UInt8]?
    /// The summary for people, as written to `logs/results.log`.
    public var summary: String
    /// Paths of the documents that it led to.
    public var outputs: DocumentPaths
    /// The text of the problem file: beside the rejected original or, of a file that was taken, beside the copy of its
    /// refused records; nil where nothing was refused.
    public var problemText: String?
    /// Ending of the copy of its refused records, which waits beside the claim; nil where none was refused.
    public var rejectedCopy: String?
    /// Where its original and its receipt are.
    public var places = Places()

    /// Where the original went, below `inbox/`; nil: nowhere yet.
    public var filedAs: String? { places.original }

    /// A file that was read.
    public init(
        intake: Int, path: [UInt8], name: String, sha256: String, received: String, outcome: String, receipt: [UInt8]?,
        summary: String, outputs: DocumentPaths, problemText: String?, rejectedCopy: String?
    ) {
        self.intake = intake
        self.path = path
        self.name = name
        self.sha256 = sha256
        self.received = received
        self.outcome = outcome
        self.receipt = receipt
        self.summary = summary
        self.outputs = outputs
        self.problemText = problemText
        self.rejectedCopy = rejectedCopy
    }

    /// Where what belongs to a file is.
    public struct Places: Sendable {
        /// Where the original went, below `inbox/`; nil: nowhere yet.
        public var original: String?
        /// The folder of its receipt, below `outbox/results/`: `2026-11-22/answers`; nil: there itself, as in ledgers of
        /// before.
        public var receipt: String?

        /// Nowhere yet.
        public init(original: String? = nil, receipt: String? = nil) {
            self.original = original
            self.receipt = receipt
        }
    }
}

extension Books {
    /// The highest intake number so far.
    public func lastIntake() throws -> Int {
        let highest =
            try first("SELECT max(intake) FROM file") { _ in
            } _: { row in
                row.int(0) ?? 0
            } ?? 0
        return try max(highest, lowestFile())
    }

    /// Remembers a file that was read.
    /// - Parameters:
    ///   - file: what became of it.
    ///   - start: the highest numbers from before it was read: what has higher ones by now is the file's.
    public func insert(_ file: LedgerFile, since start: LedgerMark) throws {
        let end = try mark()
        try (file.receipt ?? []).withUnsafeBytes { receipt in
            try run(
                """
                INSERT INTO file (intake, path, name, sha256, received, outcome, receipt, summary, outputs,
                    problem_text, rejected_copy, finished, folder, records_after, records_upto, events_after, events_upto)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)
                """
            ) { bind in
                bind(file.intake)
                bind(file.path)
                bind(file.name)
                bind(file.sha256)
                bind(file.received)
                bind(file.outcome)
                bind(lentBytes: receipt)
                bind(file.summary)
                bind(file.outputs.text)
                bind(file.problemText)
                bind(file.rejectedCopy)
                bind(file.places.receipt)
                bind(start.record)
                bind(end.record)
                bind(start.event)
                bind(end.event)
            }
        }
    }

    /// Whether a file of this number was read before.
    public func knowsFile(_ intake: Int) throws -> Bool {
        try first("SELECT 1 FROM file WHERE intake = ?") {
            $0(intake)
        } _: { _ in
            true
        } ?? false
    }

    /// The files whose receipt, log lines or filing may be missing, in order.
    public func unfinishedFiles() throws -> [LedgerFile] {
        try files("finished = 0 ORDER BY intake") { _ in }
    }

    /// The file of a number; nil where none was read.
    public func file(_ intake: Int) throws -> LedgerFile? {
        try files("intake = ?") { $0(intake) }.first
    }

    /// The name of the file of a number; nil where none was read.
    public func fileName(_ intake: Int) throws -> String? {
        try first("SELECT name FROM file WHERE intake = ?") {
            $0(intake)
        } _: {
            $0.text(0)
        } ?? nil
    }

    /// Where the original of a file was filed, below `inbox/`; nil: nowhere yet.
    public func place(ofFile intake: Int) throws -> String? {
        try first("SELECT filed_as FROM file WHERE intake = ?") {
            $0(intake)
        } _: {
            $0.text(0)
        } ?? nil
    }

    func files(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [LedgerFile] {
        try all(
            .file,
            "SELECT intake, path, name, sha256, received, outcome, "
                + "CASE WHEN length(receipt) <= \(Self.longReceipt) THEN receipt END, summary, outputs, problem_text, "
                + "rejected_copy, filed_as, folder FROM file WHERE ",
            condition, bind
        ) { row in
            var file = LedgerFile(
                intake: row.int(0) ?? 0, path: row.bytes(1, Array.init) ?? [], name: row.text(2) ?? "",
                sha256: row.text(3) ?? "", received: row.text(4) ?? "", outcome: row.text(5) ?? "",
                receipt: row.bytes(6, Array.init), summary: row.text(7) ?? "",
                outputs: DocumentPaths(text: row.text(8) ?? ""), problemText: row.text(9), rejectedCopy: row.text(10))
            // Earlier ledgers have receipts without the end of their last line.
            if let last = file.receipt?.last, last != 0x0a { file.receipt?.append(0x0a) }
            file.places = LedgerFile.Places(original: row.text(11), receipt: row.text(12))
            return file
        }
    }

    /// Remembers that a file is done with, where its original went, and that its receipt is to be told to people.
    public func markFinished(_ intake: Int, filedAs: String?) throws {
        try run("UPDATE file SET finished = 1, filed_as = coalesce(?, filed_as) WHERE intake = ?") { bind in
            bind(filedAs)
            bind(intake)
        }
        try tell(intake)
    }

    /// The highest number among the files whose receipts may not be on the disk yet; nil: all are.
    public func lastUnsynced() throws -> Int? {
        try Int.fetchOne(db, sql: "SELECT max(intake) FROM file WHERE finished = 1")
    }

    /// Remembers that the receipts of files are on the disk.
    public func markSynced(upTo intake: Int) throws {
        try db.execute(literal: "UPDATE file SET finished = 2 WHERE finished = 1 AND intake <= \(intake)")
    }

    /// Remembers that everything that was told is on the disk.
    public func markToldSynced() throws {
        try db.execute(literal: "DELETE FROM retelling WHERE is_written = 1")
    }

    /// Takes files whose receipts may not have reached the disk for unfinished again.
    public func reopenUnsynced() throws {
        try db.execute(literal: "UPDATE file SET finished = 0 WHERE finished = 1")
        try tellUnsyncedAgain()
    }

    /// Adds to the history of a record, or of a file.
    public func addEvent(_ kind: String, record: Int64?, file: Int?, at: String, detail: String? = nil) throws {
        try run("INSERT INTO event (record, file, at, kind, detail) VALUES (?, ?, ?, ?, ?)") { bind in
            bind(record)
            bind(file)
            bind(at)
            bind(kind)
            bind(detail)
        }
    }

    /// The address of a QuickBooks customer, for jobs below it.
    public func setCustomer(_ listID: String, parent: String?, address: Content) throws {
        try run("INSERT OR REPLACE INTO customer (list_id, parent_id, address) VALUES (?, ?, ?)") { bind in
            bind(listID)
            bind(parent)
            bind(address.encoded)
        }
    }

    /// The address of the nearest customer at or above `listID` that has one; nil: none has.
    public func address(ofCustomer listID: String) throws -> Content? {
        var next: String? = listID
        var steps = 0
        // QuickBooks lists have five levels at the most; the bound keeps a damaged chain from going round.
        while let id = next, steps < 8 {
            let found = try first("SELECT parent_id, address FROM customer WHERE list_id = ?") {
                $0(id)
            } _: { row in
                (parent: row.text(0), address: row.bytes(1, Content.init(decoding:)) ?? Content())
            }
            guard let found else { return nil }
            if !found.address.fields.isEmpty { return found.address }
            next = found.parent
            steps += 1
        }
        return nil
    }
}
