import Domain

/// A record as the sync ledger knows it: what Procore wants, what QuickBooks confirmed, and where it stands.
///
/// It is one row of the table `record`. Its fields stand in groups of one subject each; what is read in many places can be
/// read without naming the group. Where it stands is changed by `hold`, `fail`, `undo`, `queue`, `link`, `change`,
/// `release` and `unqueue` alone.
///
/// Little follows from the state for the other fields, since what is known of both sides outlives every change of it:
/// - A linked record need not be tied to an object: a WBS code has none of its own, and one that Procore keeps although its
///   object in QuickBooks is gone is asked nothing more.
/// - A record of any state may have a tie, and a claim beside it.
/// - Each state but `queued` may have a time at which it is tried again.
public struct LedgerRecord: Sendable {
    /// The ledger's own number; 0 until it is written.
    public var id: Int64 = 0
    /// What tells it from other records, and where it belongs.
    public var identity: Identity
    /// Where it stands.
    public internal(set) var state: State = .new
    /// What it holds, on either side.
    public var contents = Contents()
    /// Its tie to an object of QuickBooks.
    public var tie = Tie()
    /// What was tried, and what comes next.
    public var attempts = Attempts()
    /// Intake number of the file that last changed it.
    public var file: Int
    /// `updated_at` of the export last applied; of what QuickBooks brought, its `TimeModified`.
    public var updatedAt: Timestamp?

    /// A record not seen before.
    public init(entity: Entity, procoreID: String?, shown: String, file: Int) {
        identity = Identity(entity: entity, procoreID: procoreID, shown: shown)
        self.file = file
    }
}

// MARK: - Its groups

extension LedgerRecord {
    /// What tells a record from others.
    public struct Identity: Sendable {
        /// The kind of record.
        public var entity: Entity
        /// Procore's id; nil until Procore gave one.
        public var procoreID: String?
        /// Name or code, folded for comparison.
        public var businessKey: String?
        /// What a write-back has to name beside the company.
        public var scope: String?
        /// Procore's id of the project that it belongs to; nil while nothing says so, and of elements of lists.
        public var project: String?
        /// The record in words: `vendor 401104`.
        public var shown: String

        init(entity: Entity, procoreID: String?, shown: String) {
            self.entity = entity
            self.procoreID = procoreID
            self.shown = shown
        }
    }

    /// What a record holds: nil each where nothing is known of it.
    public struct Contents: Sendable {
        /// Mapped content that Procore last asked for; nil of what only QuickBooks has, and of documents whose fragments have
        /// not all come.
        public var wanted: Content?
        /// The QuickBooks name or number that it wants, folded for comparison.
        public var nameKey: String?
        /// Mapped content that QuickBooks last confirmed.
        public var confirmed: Content?
        /// Mapped content that QuickBooks last showed, for Procore.
        public var imported: Content?
        /// Mapped content that Procore was last given.
        public var exported: Content?
        /// The dollars that Procore's document states of itself, where it states any: all that is known of one that waits
        /// for its lines.
        public var stated: Amount?
    }

    /// The tie to an object of QuickBooks: one that is known, or one that is claimed and still to be confirmed.
    public struct Tie: Sendable {
        /// The kind of object. It stays when an object that only QuickBooks had is deleted there.
        public var kind: QuickBooksKind?
        /// Its `ListID` or `TxnID`; nil until linked. For what extends another record's transaction, `TxnID|TxnLineID`; of
        /// costs and payments, two ids in the same way; of a project's cost code, job and item.
        public var quickBooksID: String?
        /// `EditSequence` of the last answer; with a claim alone, the one that Procore has for it. Nil also where what is
        /// known of the object is out of date, so that it is read before it is changed.
        public var editSequence: String?
        /// Its full name in QuickBooks: `parent:child`; of a transaction, its `RefNumber`. A tie that ends leaves it.
        public var fullName: String?
        /// The record whose QuickBooks transaction it adds lines to; nil: it has an object of its own.
        public var owner: RecordKey?
        /// Every `TxnLineID` of its transaction in order, as the last answer showed them.
        public var txnLineIDs: [String] = []
        /// Why its transaction takes no more lines; nil: it does.
        public var closed: Closed?
        /// An id that QuickBooks has yet to confirm: the `origin_id` that Procore brought, one that a person named, or that
        /// of a tie that ended. Beside `quickBooksID` only where an answer showed other lines than were sent.
        public var claimedID: String?
        /// By how many dollars more its transaction came to, when QuickBooks last showed it, than was confirmed of it and of
        /// what was added to it; below zero: fewer. Nil: it came to just that.
        public var surplus: Amount?
        /// Whether QuickBooks confirmed that the object it was tied to is gone, or was taken back. `claimedID` is its old id
        /// then, until the record meets an object that another one is tied to.
        public var isBroken = false

        /// Ties it to an object that QuickBooks shows.
        public mutating func confirm(_ kind: QuickBooksKind, _ id: String) {
            self.kind = kind
            quickBooksID = id
            claimedID = nil
            isBroken = false
        }

        /// Takes the object for doubtful: its id stays as a claim, so that it is asked for before another one is added.
        public mutating func doubt() {
            claimedID = quickBooksID ?? claimedID
            quickBooksID = nil
            kind = nil
            editSequence = nil
        }
    }

    /// Why a transaction takes no more lines.
    public enum Closed: String, Sendable {
        /// Closed by hand.
        case closed
        /// Everything on it was received.
        case received
        /// It has group lines, which a change from here would delete.
        case grouped
    }

    /// What was tried of a record, and what comes next.
    public struct Attempts: Sendable {
        /// Requests made so far; part of the next request's id.
        public var count = 0
        /// Refusals in a row that heal by waiting.
        public var retries = 0
        /// When to try again, seconds since 1970. It is set when a record is held until then, and stays until the record is
        /// decided again or the wait is given up: one that failed meanwhile, such as for a rival's sake, is tried once more
        /// at that time, and so is one whose tie Procore confirmed meanwhile.
        public var due: Int64?
        /// The question to ask QuickBooks about it before anything else.
        public var question: LedgerRequest.Operation?
    }

    /// Forgets all that its object held, beside `Tie.doubt`.
    public mutating func untie() {
        tie.doubt()
        tie.txnLineIDs = []
        tie.closed = nil
        tie.surplus = nil
        contents.confirmed = nil
        attempts.question = nil
    }
}

// MARK: - What is read in many places

extension LedgerRecord {
    /// The kind of record.
    public var entity: Entity { identity.entity }
    /// Procore's id; nil until Procore gave one.
    public var procoreID: String? { identity.procoreID }
    /// The record in words: `vendor 401104`.
    public var shown: String { identity.shown }
    /// Mapped content that Procore last asked for.
    public var wanted: Content? { contents.wanted }
    /// Mapped content that QuickBooks last confirmed.
    public var confirmed: Content? { contents.confirmed }
    /// Mapped content that QuickBooks last showed, for Procore.
    public var imported: Content? { contents.imported }
    /// Mapped content that Procore was last given.
    public var exported: Content? { contents.exported }
    /// The kind of QuickBooks object it is tied to.
    public var kind: QuickBooksKind? { tie.kind }
    /// The id of the QuickBooks object it is tied to; nil until linked.
    public var quickBooksID: String? { tie.quickBooksID }

    /// What others wait for when they wait for it; nil while Procore has given it no id.
    public var key: RecordKey? { procoreID.map { RecordKey(entity, $0) } }

    /// What costs and payments wait for, which know it by its QuickBooks id; nil until both ids are known.
    private var quickBooksKey: RecordKey? {
        guard RecordKey.knownToQuickBooks[entity] != nil, procoreID != nil else { return nil }
        return quickBooksID.map { RecordKey(entity, quickBooksID: $0) }
    }

    /// Every name under which others may wait for it.
    public var keys: [RecordKey] {
        [key, identity.businessKey.map { RecordKey(entity, code: $0) }, quickBooksKey].compactMap { $0 }
    }

    /// What tells it from all others of its entity for ever: Procore's id, else the business key, else the ListID.
    public var uniqueName: String {
        procoreID ?? identity.businessKey.map { "=\($0)" } ?? "@\(quickBooksID ?? String(id))"
    }
}
