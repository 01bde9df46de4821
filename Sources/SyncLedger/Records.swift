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
        try many("name_hash = ? AND name_key = ? AND id <> ? ORDER BY id") { bind in
            bind(Self.hash(nameKey))
            bind(nameKey)
            bind(id)
        }
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
    public func records(in state: LedgerRecord.State, limit: Int) throws -> [LedgerRecord] {
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
}

/// The ledger holds something that Plumbline never wrote: a newer version's ledger, or a damaged one.
public struct LedgerDamage: Error, CustomStringConvertible {
    /// What was found.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
