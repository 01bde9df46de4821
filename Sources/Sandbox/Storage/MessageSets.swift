import Foundation
import GRDB

/// A message set that was sent under an id.
struct StoredMessageSet {
    let document: [UInt8]
    /// What stood in the response, with `ErrorRecovery` in the place of the records.
    let answer: [UInt8]

    /// Whether it was run, but its answer was not stored. A set that was run has at least one answer.
    var isAnswerLost: Bool { answer.isEmpty }
}

extension CompanyFile {
    /// What is remembered of a message set.
    func messageSet(_ id: String) throws -> StoredMessageSet? {
        let sql = "SELECT document, answer FROM message_set WHERE id = ?"
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [id]) else { return nil }
        let (document, answer): (Data, Data) = (row["document"], row["answer"])
        return StoredMessageSet(document: Array(document), answer: Array(answer))
    }

    /// Remembers a message set and its answer.
    func remember(_ id: String, _ set: StoredMessageSet) throws {
        try db.execute(
            sql: "INSERT INTO message_set VALUES (?, ?, ?)",
            arguments: [id, Data(set.document), Data(set.answer)])
    }

    /// Forgets a message set; returns whether it was known.
    func forgetMessageSet(_ id: String) throws -> Bool {
        try db.execute(sql: "DELETE FROM message_set WHERE id = ?", arguments: [id])
        return db.changesCount > 0
    }

    /// Forgets all message sets.
    func forgetMessageSets() throws {
        try db.execute(sql: "DELETE FROM message_set")
    }
}
