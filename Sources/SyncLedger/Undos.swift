import GRDB

/// That a person takes back what was entered in QuickBooks for a record, and how far that is.
public struct LedgerUndo: Sendable {
    /// What comes next. The record has a request under way that belongs to it, waits, or is about to be decided.
    public enum Phase: String, Sendable {
        /// QuickBooks is asked whether the transaction is as it was last known.
        case asking
        /// It is: the request that removes it waits for approval.
        case proposing
        /// A person approved: QuickBooks is asked once more.
        case checking
        /// It is still the same: the request goes out.
        case sending
        /// What became of the request is not known: QuickBooks is asked whether the transaction is gone.
        case verifying
    }

    /// How it ended.
    public enum Outcome: String, Sendable {
        /// The transaction is gone, or void.
        case undone
        /// It is as it was.
        case kept
    }

    /// Who had what done.
    public struct People: Sendable {
        /// Who asked for it, in words; nil: that cannot be told.
        public var asked: String?
        /// Who approved, in words; nil: nobody yet, or that cannot be told.
        public var approved: String?
    }

    /// The ledger's own number; 0 until it is written.
    public var id: Int64 = 0
    /// The record.
    public let record: Int64
    /// The `TxnID` of what is taken back.
    public let txnID: String
    /// Whether it is voided rather than deleted.
    public let isVoid: Bool
    /// When it was asked for, in seconds since 1970.
    public let at: Int64
    /// What comes next.
    public var phase = Phase.asking
    /// Who asked for it, and who approved.
    public var people: People
    /// Why the record had failed before; nil: it had not, or it was read anew since.
    public var failure: LedgerRecord.Failure?

    /// The undo of a record that is tied to a transaction; nil: it is tied to none.
    /// - Parameters:
    ///   - record: the record, as it stands.
    ///   - isVoid: whether its transaction is voided rather than deleted.
    ///   - who: who asks for it, in words.
    ///   - at: when, in seconds since 1970.
    public init?(of record: LedgerRecord, isVoid: Bool, by who: String?, at: Int64) {
        guard let txnID = record.quickBooksID else { return nil }
        self.record = record.id
        self.txnID = txnID
        self.isVoid = isVoid
        self.at = at
        people = People(asked: who, approved: nil)
        if case .failed(let failure) = record.state { self.failure = failure }
    }

    fileprivate init(id: Int64, record: Int64, txnID: String, isVoid: Bool, at: Int64, people: People) {
        self.id = id
        self.record = record
        self.txnID = txnID
        self.isVoid = isVoid
        self.at = at
        self.people = people
    }
}

extension Books {
    static let undoTable = """
        -- What people take back in QuickBooks, and how far that is; at most one of a record is under way.
        CREATE TABLE undo (
            id INTEGER PRIMARY KEY,
            record INTEGER NOT NULL REFERENCES record(id),
            txn_id TEXT NOT NULL,        -- the transaction
            is_void INTEGER NOT NULL,    -- 1: voided; 0: deleted
            at INTEGER NOT NULL,         -- when it was asked for, seconds since 1970
            asked_by TEXT,               -- who asked for it, in words; NULL: that cannot be told
            approved_by TEXT,            -- who approved; NULL: nobody yet, or that cannot be told
            phase TEXT NOT NULL,         -- asking, proposing, checking, sending, verifying
            reason TEXT,                 -- why the record had failed before; NULL: it had not, or was read anew
            remedy TEXT,
            outcome TEXT                 -- undone, kept; NULL: it is under way
        );
        CREATE UNIQUE INDEX undo_open ON undo(record) WHERE outcome IS NULL;
        CREATE INDEX undo_done ON undo(txn_id) WHERE outcome = 'undone';
        """

    /// Remembers that something is to be taken back.
    public func begin(_ undo: LedgerUndo) throws {
        try run(
            """
            INSERT INTO undo (record, txn_id, is_void, at, asked_by, phase, reason, remedy)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { bind in
            bind(undo.record)
            bind(undo.txnID)
            bind(undo.isVoid)
            bind(undo.at)
            bind(undo.people.asked)
            bind(undo.phase.rawValue)
            bind(undo.failure?.reason)
            bind(undo.failure?.remedy)
        }
    }

    /// The undo of a record that is under way; nil: there is none.
    public func openUndo(of record: Int64) throws -> LedgerUndo? {
        try undos("record = ? AND outcome IS NULL") { $0(record) }.first
    }

    /// The latest undo of a record, ended or not.
    public func lastUndo(of record: Int64) throws -> LedgerUndo? {
        try undos("record = ? ORDER BY id DESC LIMIT 1") { $0(record) }.first
    }

    /// Every undo that is under way, oldest first.
    public func openUndos() throws -> [LedgerUndo] { try undos("outcome IS NULL ORDER BY id") { _ in } }

    /// Whether a transaction was taken back from here: one that is shown all the same is an old answer, or void.
    public func wasUndone(_ txnID: String) throws -> Bool {
        try first("SELECT 1 FROM undo WHERE txn_id = ? AND outcome = 'undone'") {
            $0(txnID)
        } _: { _ in
            true
        } ?? false
    }

    /// Remembers how far an undo is by now.
    public func update(_ undo: LedgerUndo) throws {
        try run("UPDATE undo SET phase = ?, approved_by = ?, reason = ?, remedy = ? WHERE id = ?") { bind in
            bind(undo.phase.rawValue)
            bind(undo.people.approved)
            bind(undo.failure?.reason)
            bind(undo.failure?.remedy)
            bind(undo.id)
        }
    }

    /// Remembers how an undo ended.
    public func end(_ undo: LedgerUndo, _ outcome: LedgerUndo.Outcome) throws {
        try run("UPDATE undo SET outcome = ? WHERE id = ?") { bind in
            bind(outcome.rawValue)
            bind(undo.id)
        }
    }

    private func undos(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [LedgerUndo] {
        let selection = """
            SELECT id, record, txn_id, is_void, at, asked_by, approved_by, phase, reason, remedy FROM undo WHERE\u{20}
            """
        return try all(.undo, selection, condition, bind) { row in
            let id = row.number(0) ?? 0
            guard let phase = row.text(7).flatMap(LedgerUndo.Phase.init) else {
                throw LedgerDamage("Undo \(id) has an unknown phase.")
            }
            var undo = LedgerUndo(
                id: id, record: row.number(1) ?? 0, txnID: row.text(2) ?? "", isVoid: row.number(3) != 0,
                at: row.number(4) ?? 0, people: .init(asked: row.text(5), approved: row.text(6)))
            undo.phase = phase
            undo.failure = row.text(8).map { LedgerRecord.Failure(reason: $0, remedy: row.text(9)) }
            return undo
        }
    }
}
