import Domain
import Foundation
import GRDB

/// A record as the sync ledger knows it: what Procore wants, what QuickBooks confirmed, and where it stands.
public struct LedgerRecord: Sendable {
    /// Where a record stands.
    public enum State: String, Sendable, CaseIterable {
        /// Read for the first time; decided before the transaction ends.
        case new
        /// Read again with other content; decided before the transaction ends.
        case changed
        /// Set free by an answer or by time; decided before the transaction ends.
        case released
        /// Waits for something; `reason` says what.
        case held
        /// A request is on its way.
        case queued
        /// Both sides have it, and each knows the other's id.
        case linked
        /// Refused; `reason` and `remedy` say what to do.
        case failed

        /// Whether it is still to be decided.
        public var isUndecided: Bool { self == .new || self == .changed || self == .released }
    }

    /// The ledger's own number.
    public var id: Int64 = 0
    /// The kind of record.
    public var entity: Entity
    /// Procore's id; nil until Procore gave one.
    public var procoreID: String?
    /// Name or code, folded for comparison.
    public var businessKey: String?
    /// What a write-back has to name beside the company.
    public var scope: String?
    /// The record in words: `vendor 401104`.
    public var shown: String
    /// Where it stands.
    public var state: State = .new
    /// Why it is held or failed.
    public var reason: String?
    /// What to do about it.
    public var remedy: String?
    /// The QuickBooks name it wants, folded for comparison.
    public var nameKey: String?
    /// Mapped content that Procore last asked for.
    public var wanted: Content?
    /// Mapped content that QuickBooks last confirmed.
    public var confirmed: Content?
    /// Mapped content that QuickBooks last showed, for Procore.
    public var imported: Content?
    /// Mapped content that Procore was last given.
    public var exported: Content?
    /// `updated_at` of the export last applied.
    public var updatedAt: Timestamp?
    /// `origin_id` that Procore brought and QuickBooks has yet to confirm.
    public var claimedID: String?
    /// Requests made so far; part of the next request's id.
    public var attempts = 0
    /// Refusals in a row that heal by waiting.
    public var retries = 0
    /// When to try again, seconds since 1970.
    public var due: Int64?
    /// The question to ask QuickBooks about it before anything else.
    public var question: LedgerRequest.Operation?
    /// Intake number of the file that last changed it.
    public var file: Int
    /// The kind of QuickBooks object it is tied to.
    public var kind: QuickBooksKind?
    /// Its `ListID` or `TxnID`; nil until linked. For what extends another record.s transaction, `TxnID|TxnLineID`.
    public var quickBooksID: String?
    /// `EditSequence` of the last answer.
    public var editSequence: String?
    /// Its full name in QuickBooks: `parent:child`; of a transaction, its `RefNumber`.
    public var fullName: String?
    /// The record whose QuickBooks transaction it adds lines to; nil: it has an object of its own.
    public var owner: RecordKey?
    /// Every `TxnLineID` of its transaction in order, as the last answer showed them.
    public var txnLineIDs: [String] = []
    /// Why its transaction takes no more lines; nil: it does.
    public var closed: Closed?
    /// Whether QuickBooks confirmed that the object it was tied to is gone; `claimedID` is its old id then.
    public var isBroken = false

    /// Why a transaction takes no more lines.
    public enum Closed: String, Sendable {
        /// Closed by hand.
        case closed
        /// Everything on it was received.
        case received
        /// It has group lines, which a change from here would delete.
        case grouped
    }

    /// A record not seen before.
    public init(entity: Entity, procoreID: String?, shown: String, file: Int) {
        self.entity = entity
        self.procoreID = procoreID
        self.shown = shown
        self.file = file
    }

    /// What others wait for when they wait for it; nil while Procore has given it no id.
    public var key: RecordKey? { procoreID.map { RecordKey(entity, $0) } }

    /// What costs and payments wait for, which know it by its QuickBooks id; nil until both ids are known.
    private var quickBooksKey: RecordKey? {
        guard RecordKey.knownToQuickBooks[entity] != nil, procoreID != nil else { return nil }
        return quickBooksID.map { RecordKey(entity, quickBooksID: $0) }
    }

    /// Every name under which others may wait for it.
    public var keys: [RecordKey] {
        [key, businessKey.map { RecordKey(entity, code: $0) }, quickBooksKey].compactMap { $0 }
    }

    /// What tells it from all others of its entity for ever: Procore's id, else the business key, else the ListID.
    public var identity: String { procoreID ?? businessKey.map { "=\($0)" } ?? "@\(quickBooksID ?? String(id))" }
}

/// Something beside other records that records can wait for.
public enum Gate: Sendable, Hashable {
    /// The right company, while another one is open in QuickBooks.
    case company
    /// A person's decision about the same and similar names of a list.
    case matching(Entity)

    /// How it stands in the ledger: without a slash, so that no record's key is the same.
    var mark: String {
        switch self {
        case .company: "company"
        case .matching(let entity): "matching \(entity.rawValue)"
        }
    }
}

extension Books {
    /// The record with Procore's id.
    public func record(_ key: RecordKey) throws -> LedgerRecord? {
        try one("entity = ? AND procore_id = ?", [key.entity.rawValue, key.procoreID])
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
        try many("owner = ? ORDER BY id", [owner.description])
    }

    /// The record with the ledger's number.
    public func record(id: Int64) throws -> LedgerRecord? {
        try one("id = ?", [id])
    }

    /// The record that is tied to an element of a QuickBooks list.
    public func record(_ entity: Entity, _ list: QuickBooksKind, _ listID: String) throws -> LedgerRecord? {
        try one("entity = ? AND list = ? AND list_id = ?", [entity.rawValue, list.rawValue, listID])
    }

    /// The records of one name or code.
    public func records(_ entity: Entity, businessKey: String) throws -> [LedgerRecord] {
        try many("entity = ? AND business_key = ? ORDER BY id", [entity.rawValue, businessKey])
    }

    /// The other records that want the same QuickBooks name.
    public func others(wanting nameKey: String, than id: Int64) throws -> [LedgerRecord] {
        try many("name_key = ? AND id <> ? ORDER BY id", [nameKey, id])
    }

    /// The numbers of the records still to be decided, in the order in which they were first seen.
    public func undecided(after id: Int64, limit: Int) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: "SELECT id FROM record WHERE state IN ('new', 'changed', 'released') AND id > ? ORDER BY id LIMIT ?")
        return try Int64.fetchAll(statement, arguments: [id, limit])
    }

    /// The numbers of the records that failed or wait for their time, in the order in which they were first seen.
    public func retryable(after id: Int64, limit: Int) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: "SELECT id FROM record WHERE (state = 'failed' OR due IS NOT NULL) AND id > ? ORDER BY id LIMIT ?")
        return try Int64.fetchAll(statement, arguments: [id, limit])
    }

    /// The records whose time to try again has come.
    public func due(at now: Int64) throws -> [LedgerRecord] {
        try many("due <= ? ORDER BY id", [now])
    }

    /// When the next record is to be tried again, seconds since 1970.
    public func nextDue() throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT min(due) FROM record WHERE due IS NOT NULL")
    }

    /// The held records that wait for this one.
    public func waiting(for key: RecordKey) throws -> [LedgerRecord] {
        try many("id IN (SELECT record FROM wait WHERE needs = ?) ORDER BY id", [key.description])
    }

    /// Records of Procore's that are not tied, oldest first.
    public func onlyInProcore(_ entity: Entity) throws -> [LedgerRecord] {
        try many("entity = ? AND list_id IS NULL AND wanted IS NOT NULL ORDER BY id", [entity.rawValue])
    }

    /// Records that only QuickBooks has, oldest first.
    public func onlyInQuickBooks(_ entity: Entity) throws -> [LedgerRecord] {
        try many("entity = ? AND list_id IS NOT NULL AND procore_id IS NULL ORDER BY id", [entity.rawValue])
    }

    /// Records in a state, oldest first.
    public func records(in state: LedgerRecord.State, limit: Int) throws -> [LedgerRecord] {
        try many("state = ? ORDER BY id LIMIT ?", [state.rawValue, limit])
    }

    /// Remembers what a held record waits for; nothing forgets it.
    public func setWaits(_ record: Int64, _ needs: [RecordKey]) throws {
        try execute("DELETE FROM wait WHERE record = ?", [record])
        for key in needs {
            try execute("INSERT OR IGNORE INTO wait (record, needs) VALUES (?, ?)", [record, key.description])
        }
    }

    /// Remembers that a record waits for something that is no record.
    public func setWait(_ record: Int64, for gate: Gate) throws {
        try execute("INSERT OR IGNORE INTO wait (record, needs) VALUES (?, ?)", [record, gate.mark])
    }

    /// Sets the records free that wait for something that is no record.
    public func release(waitingFor gate: Gate) throws {
        try execute(
            """
            UPDATE record SET state = 'released'
            WHERE state = 'held' AND id IN (SELECT record FROM wait WHERE needs = ?)
            """, [gate.mark])
    }

    /// Writes a record that was not there, and gives it its number.
    public func insert(_ record: inout LedgerRecord) throws {
        try execute(Self.insertion, StatementArguments(Self.values(record)))
        record.id = db.lastInsertedRowID
    }

    /// Writes a record that was there.
    public func update(_ record: LedgerRecord) throws {
        try execute(Self.updating, StatementArguments(Self.values(record) + [record.id]))
    }

    private static let columns = [
        "entity", "procore_id", "business_key", "scope", "shown", "state", "reason", "remedy", "name_key", "wanted",
        "confirmed", "imported", "exported", "updated_at", "claimed_id", "attempts", "retries", "due", "file",
        "question", "list", "list_id", "edit_sequence", "full_name", "owner", "txn_lines", "closed", "is_broken",
    ]
    private static let selection = "SELECT id, " + columns.joined(separator: ", ") + " FROM record WHERE "
    private static let insertion =
        "INSERT INTO record (\(columns.joined(separator: ", "))) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
    private static let updating =
        "UPDATE record SET " + columns.map { "\($0) = ?" }.joined(separator: ", ") + " WHERE id = ?"

    private static func values(_ record: LedgerRecord) -> [(any DatabaseValueConvertible)?] {
        [
            record.entity.rawValue, record.procoreID, record.businessKey, record.scope, record.shown,
            record.state.rawValue, record.reason, record.remedy, record.nameKey, blob(record.wanted),
            blob(record.confirmed), blob(record.imported), blob(record.exported), record.updatedAt?.microseconds,
            record.claimedID, record.attempts, record.retries, record.due, record.file, record.question?.rawValue,
            record.kind?.rawValue, record.quickBooksID, record.editSequence, record.fullName, record.owner?.description,
            record.txnLineIDs.isEmpty ? nil : record.txnLineIDs.joined(separator: "\n"), record.closed?.rawValue,
            record.isBroken,
        ]
    }

    static func blob(_ content: Content?) -> Data? {
        content.map { Data($0.encoded) }
    }

    static func content(_ blob: Data?) -> Content? {
        blob.map { Content(decoding: Array($0)) }
    }

    func one(_ condition: String, _ arguments: StatementArguments) throws -> LedgerRecord? {
        try many(condition, arguments).first
    }

    func many(_ condition: String, _ arguments: StatementArguments) throws -> [LedgerRecord] {
        let statement = try db.cachedStatement(sql: Self.selection + condition)
        return try Row.fetchAll(statement, arguments: arguments).map(Self.record)
    }

    /// Reads a row of `id` and `columns`, by position: by name, GRDB would compare every name at every field.
    private static func record(_ row: Row) throws -> LedgerRecord {
        let id: Int64 = row[0]
        guard let entity = Entity(rawValue: row[1]), let state = LedgerRecord.State(rawValue: row[6])
        else { throw LedgerDamage("Record \(id) has an unknown entity or state.") }
        var record = LedgerRecord(entity: entity, procoreID: row[2], shown: row[5], file: row[19])
        record.id = id
        record.businessKey = row[3]
        record.scope = row[4]
        record.state = state
        record.reason = row[7]
        record.remedy = row[8]
        record.nameKey = row[9]
        record.wanted = content(row[10])
        record.confirmed = content(row[11])
        record.imported = content(row[12])
        record.exported = content(row[13])
        record.updatedAt = (row[14] as Int64?).map(Timestamp.init(microseconds:))
        record.claimedID = row[15]
        record.attempts = row[16]
        record.retries = row[17]
        record.due = row[18]
        record.question = (row[20] as String?).flatMap(LedgerRequest.Operation.init(rawValue:))
        record.kind = (row[21] as String?).flatMap(QuickBooksKind.init(rawValue:))
        record.quickBooksID = row[22]
        record.editSequence = row[23]
        record.fullName = row[24]
        record.owner = (row[25] as String?).flatMap { RecordKey($0) }
        record.txnLineIDs = (row[26] as String?)?.split(separator: "\n").map(String.init) ?? []
        record.closed = (row[27] as String?).flatMap(LedgerRecord.Closed.init(rawValue:))
        record.isBroken = row[28]
        return record
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
