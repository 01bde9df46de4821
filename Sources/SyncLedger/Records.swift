import Domain
import Foundation
import GRDB

/// Something beside other records that records can wait for.
public enum Gate: Sendable, Hashable {
    /// The right company, while another one is open in QuickBooks.
    case company
    /// The end of a pause.
    case pause
    /// A person's decision about the same and similar names of a list.
    case matching(Entity)

    /// How it stands in the ledger: without a slash, so that no record's key is the same.
    var mark: String {
        switch self {
        case .company: "company"
        case .pause: "pause"
        case .matching(let entity): "matching \(entity.rawValue)"
        }
    }
}

extension Books {
    /// The record with Procore's id.
    public func record(_ key: RecordKey) throws -> LedgerRecord? {
        try one("entity = ? AND procore_id = ?") { bind in
            bind(key.entity.rawValue)
            bind(key.procoreID)
        }
    }

    /// The record that a key names: by Procore's id or, where the key holds a code, the one of that code, or by its
    /// QuickBooks id. Of several with the same code the one that is linked is meant.
    public func named(_ key: RecordKey) throws -> LedgerRecord? {
        if let id = key.quickBooksID {
            return try RecordKey.knownToQuickBooks[key.entity].flatMap { try record(key.entity, $0, id) }
        }
        guard let code = key.code else { return try record(key) }
        let same = try records(key.entity, businessKey: code)
        return same.first { $0.quickBooksID != nil } ?? same.first
    }

    /// The records that add lines to the transaction of another one, oldest first.
    public func additions(to owner: RecordKey) throws -> [LedgerRecord] {
        try many("owner = ? ORDER BY id") { $0(owner.description) }
    }

    /// The record with the ledger's number.
    public func record(id: Int64) throws -> LedgerRecord? {
        try one("id = ?") { $0(id) }
    }

    /// The record that is tied to an element of a QuickBooks list.
    public func record(_ entity: Entity, _ list: QuickBooksKind, _ listID: String) throws -> LedgerRecord? {
        try one("entity = ? AND list = ? AND list_id = ?") { bind in
            bind(entity.rawValue)
            bind(list.rawValue)
            bind(listID)
        }
    }

    /// The records of one name or code.
    public func records(_ entity: Entity, businessKey: String) throws -> [LedgerRecord] {
        try many("business_hash = ? AND entity = ? AND business_key = ? ORDER BY id") { bind in
            bind(Self.hash(businessKey))
            bind(entity.rawValue)
            bind(businessKey)
        }
    }

    /// The other records that want the same QuickBooks name.
    public func others(wanting nameKey: String, than id: Int64) throws -> [LedgerRecord] {
        try many(
            """
            id IN (SELECT id FROM record WHERE name_hash = ? UNION ALL SELECT id FROM record WHERE business_hash = ?)
                AND name_key = ? AND id <> ? ORDER BY id
            """
        ) { bind in
            bind(Self.hash(nameKey))
            bind(Self.ownNameHash(nameKey))
            bind(nameKey)
            bind(id)
        }
    }

    /// What is true of a record still to be decided. Not `IN`: of a list of more than two, SQLite makes a table of its own
    /// for each row that is written, to see whether the row belongs into the index.
    static let isUndecided = "state = 'new' OR state = 'changed' OR state = 'released'"

    /// The numbers of the records still to be decided, in the order in which they were first seen.
    public func undecided(after id: Int64, limit: Int) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id FROM record WHERE (\(Self.isUndecided)) AND id > :after
                ORDER BY id LIMIT :limit
                """)
        return try Int64.fetchAll(statement, arguments: ["after": id, "limit": limit])
    }

    /// The numbers of the records that failed or wait for their time, in the order in which they were first seen.
    public func retryable(after id: Int64, limit: Int) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id FROM record WHERE (state = 'failed' OR due IS NOT NULL) AND id > :after
                ORDER BY id LIMIT :limit
                """)
        return try Int64.fetchAll(statement, arguments: ["after": id, "limit": limit])
    }

    /// The records whose time to try again has come.
    public func due(at now: Int64) throws -> [LedgerRecord] {
        try many("due <= ? ORDER BY id") { $0(now) }
    }

    /// When the next record is to be tried again, seconds since 1970.
    public func nextDue() throws -> Int64? {
        try first("SELECT min(due) FROM record WHERE due IS NOT NULL") { _ in
        } _: {
            $0.number(0)
        } ?? nil
    }

    /// The held records that wait for this one.
    public func waiting(for key: RecordKey) throws -> [LedgerRecord] {
        try many("id IN (SELECT record FROM wait WHERE needs = ?) ORDER BY id") { $0(key.description) }
    }

    /// Records of Procore's that are not tied, oldest first.
    public func onlyInProcore(_ entity: Entity) throws -> [LedgerRecord] {
        try many("entity = ? AND list_id IS NULL AND wanted IS NOT NULL ORDER BY id") { $0(entity.rawValue) }
    }

    /// Records that only QuickBooks has, oldest first.
    public func onlyInQuickBooks(_ entity: Entity) throws -> [LedgerRecord] {
        try many("entity = ? AND list_id IS NOT NULL AND procore_id IS NULL ORDER BY id") {
            $0(entity.rawValue)
        }
    }

    /// Records in a state, oldest first.
    public func records(in state: LedgerRecord.State.Name, limit: Int) throws -> [LedgerRecord] {
        try many("state = ? ORDER BY id LIMIT ?") { bind in
            bind(state.rawValue)
            bind(limit)
        }
    }

    /// Remembers what a held record waits for; nothing forgets it.
    public func setWaits(_ record: Int64, _ needs: [RecordKey]) throws {
        try run("DELETE FROM wait WHERE record = ?") { $0(record) }
        for key in needs {
            try run("INSERT OR IGNORE INTO wait (record, needs) VALUES (?, ?)") { bind in
                bind(record)
                bind(key.description)
            }
        }
    }

    /// Remembers that a record waits for something that is no record.
    public func setWait(_ record: Int64, for gate: Gate) throws {
        try run("INSERT OR IGNORE INTO wait (record, needs) VALUES (?, ?)") { bind in
            bind(record)
            bind(gate.mark)
        }
    }

    /// Sets the records free that wait for something that is no record.
    /// - Parameters:
    ///   - gate: what they wait for.
    ///   - file: the intake number of the file that led to it; nil: none did.
    ///   - at: when, UTC.
    public func release(waitingFor gate: Gate, file: Int?, at: String) throws {
        try db.execute(
            literal: """
                INSERT INTO event (record, file, at, kind, detail)
                SELECT id, \(file), \(at), 'released', \("by " + gate.mark) FROM record
                WHERE state = 'held' AND id IN (SELECT record FROM wait WHERE needs = \(gate.mark)) ORDER BY id
                """)
        try db.execute(
            literal: """
                UPDATE record SET state = 'released'
                WHERE state = 'held' AND id IN (SELECT record FROM wait WHERE needs = \(gate.mark))
                """)
    }
}

/// The ledger holds something that Plumbline never wrote: a newer version's ledger, or a damaged one.
public struct LedgerDamage: Error, CustomStringConvertible {
    /// What was found.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
