import Foundation
import GRDB

/// A dropped file or folder that stands in its own way, while everything else goes on.
public struct WaitingFault: Sendable, Hashable {
    /// What waits because of it: a path below the inbox as bytes, or `#` and the intake number of a file that was taken.
    public let subject: [UInt8]
    /// The file or folder that is to be mended: its path below the inbox, as bytes.
    public let object: [UInt8]
    /// What happened, in a sentence.
    public let what: String
    /// What to do about it, and by whom.
    public let remedy: String
    /// Since when, UTC: `2026-11-22T21:30:05Z`
    public let since: String

    /// A file or folder that stands in its own way.
    public init(subject: [UInt8], object: [UInt8], what: String, remedy: String, since: String) {
        self.subject = subject
        self.object = object
        self.what = what
        self.remedy = remedy
        self.since = since
    }
}

extension Books {
    /// Every fault, in the order of what waits.
    public func faults() throws -> [WaitingFault] {
        try Row.fetchAll(db, sql: "SELECT subject, object, what, remedy, since FROM fault ORDER BY subject")
            .map(WaitingFault.init)
    }

    /// Remembers a fault, in the place of an earlier one of the same subject.
    public func set(_ fault: WaitingFault) throws {
        try db.execute(
            literal: """
                INSERT OR REPLACE INTO fault (subject, object, what, remedy, since)
                VALUES (\(Data(fault.subject)), \(Data(fault.object)), \(fault.what), \(fault.remedy), \(fault.since))
                """)
    }

    /// Forgets the fault of what does not wait any more.
    public func endFault(of subject: [UInt8]) throws {
        try db.execute(literal: "DELETE FROM fault WHERE subject = \(Data(subject))")
    }

    /// The files and folders that are to be mended: each once, with how much waits for it.
    /// - Parameter limit: at most so many.
    public func faultyObjects(limit: Int) throws -> [(fault: WaitingFault, waiting: Int)] {
        // A ledger that its owner has not migrated yet knows none.
        guard try db.tableExists("fault") else { return [] }
        let faults = SQLRequest<Row>(
            literal: """
                SELECT min(subject) AS subject, object, what, remedy, min(since) AS since, count(*) AS n FROM fault
                GROUP BY object, what ORDER BY object, what LIMIT \(limit)
                """)
        return try faults.fetchAll(db).map { row in (WaitingFault(row), row["n"]) }
    }
}

extension WaitingFault {
    fileprivate init(_ row: Row) {
        self.init(
            subject: Array(row["subject"] as Data), object: Array(row["object"] as Data), what: row["what"],
            remedy: row["remedy"], since: row["since"])
    }
}
