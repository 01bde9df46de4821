import Domain
import GRDB

/// A cost code or WBS code of a project that some document showed with Procore's id, as the ledger remembers it: one row for
/// each id, whatever shows it and however often.
public struct LedgerSeenCode: Sendable, Hashable {
    /// Where it belongs.
    public enum Place: Sendable, Hashable {
        /// To a project of this id.
        case project(String)
        /// To that of a document, which has not said yet which one it is.
        case document(RecordKey)
    }

    /// `costCodes` or `wbsCodes`, and Procore's id.
    public let key: RecordKey
    /// The project, as far as it is known.
    public var place: Place
    /// The cost code, folded for comparison.
    public var code: String
    /// The cost type of a WBS code, folded; empty where it has none.
    public var type: String
    /// The code as it was shown: `03-300.O`.
    public var shown: String
    /// The only cost type that a cost code may have; nil where nothing said so, empty where there are several.
    public var typeID: String?
    /// What showed it, in words: `commitment 786002`.
    public var source: String
    /// What contradicts it, in words; nil: nothing does.
    public var doubt: String?

    /// A code that was seen.
    public init(
        key: RecordKey, place: Place, code: String, type: String, shown: String, typeID: String?, source: String
    ) {
        self.key = key
        self.place = place
        self.code = code
        self.type = type
        self.shown = shown
        self.typeID = typeID
        self.source = source
    }

    /// The project; nil while only its document is known.
    public var project: String? { if case .project(let id) = place { id } else { nil } }
}

/// A code that the export of the codes themselves says otherwise than some document showed it.
public struct SeenCodeContradiction: Sendable {
    /// What was seen.
    public let seen: LedgerSeenCode
    /// What the export says: the record with the same id, or the one with the same code.
    public let record: LedgerRecord
}

extension Books {
    /// The step of the ledger's shape that remembers codes which documents show.
    static let seenCodesTable = """
        -- Cost codes and WBS codes of projects as documents show them, with Procore's ids: one row for each id.
        CREATE TABLE seen_code (
            kind TEXT NOT NULL,          -- cost_codes, wbs_codes
            procore_id TEXT NOT NULL,
            project TEXT,                -- NULL while only the document is known that showed it
            code_hash INTEGER,           -- of 225906/03-300, as record.business_hash
            holder TEXT,                 -- that document: commitments/786001
            code TEXT NOT NULL,          -- the cost code, folded for comparison
            type TEXT NOT NULL,          -- of a WBS code: its cost type, folded; empty where it has none
            shown TEXT NOT NULL,         -- as it was shown: 03-300.O
            type_id TEXT,                -- the only cost type of a cost code; empty: there are several
            source TEXT NOT NULL,        -- what showed it, in words
            doubt TEXT,                  -- what contradicts it, in words
            PRIMARY KEY (kind, procore_id)
        ) WITHOUT ROWID;
        CREATE INDEX seen_code_code ON seen_code(project, code) WHERE project IS NOT NULL;
        CREATE INDEX seen_code_holder ON seen_code(holder) WHERE holder IS NOT NULL;
        """

    private static let seenSelection = """
        SELECT kind, procore_id, project, holder, code, type, shown, type_id, source, doubt FROM seen_code WHERE\u{20}
        """

    /// What was seen of one of Procore's ids.
    public func seenCode(_ key: RecordKey) throws -> LedgerSeenCode? {
        try seenCodes("kind = ? AND procore_id = ?") { bind in
            bind(key.entity.rawValue)
            bind(key.procoreID)
        }.first
    }

    /// The ids that were seen for a cost code of a project, in the order of their ids.
    public func seenCodes(_ entity: Entity, project: String, code: String) throws -> [LedgerSeenCode] {
        try seenCodes("project = ? AND code = ? AND kind = ? ORDER BY procore_id") { bind in
            bind(project)
            bind(code)
            bind(entity.rawValue)
        }
    }

    /// The codes of a document that has not said which project it belongs to.
    public func seenCodes(of holder: RecordKey) throws -> [LedgerSeenCode] {
        try seenCodes("holder = ? ORDER BY kind, procore_id") { $0(holder.description) }
    }

    /// Whether there are any codes whose project is not known yet.
    public func knowsUnplacedCodes() throws -> Bool {
        try first("SELECT 1 FROM seen_code WHERE holder IS NOT NULL LIMIT 1") { _ in
        } _: { _ in
            true
        } ?? false
    }

    /// Remembers a code that was seen, in the place of what was known of its id.
    public func setSeen(_ seen: LedgerSeenCode) throws {
        try run(
            """
            INSERT OR REPLACE INTO seen_code
                (kind, procore_id, project, code_hash, holder, code, type, shown, type_id, source, doubt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { bind in
            bind(seen.key.entity.rawValue)
            bind(seen.key.procoreID)
            bind(seen.project)
            bind(seen.project.map { Self.hash("\($0)/\(seen.code)") })
            if case .document(let holder) = seen.place { bind(holder.description) } else { bind(nil as String?) }
            bind(seen.code)
            bind(seen.type)
            bind(seen.shown)
            bind(seen.typeID)
            bind(seen.source)
            bind(seen.doubt)
        }
    }

    /// What the records of one kind that a file brought say otherwise than it was seen: the same id with another code, or
    /// another id with the same code. Of WBS codes, of which a cost code may have several, only the former.
    public func contradictionsOfSeen(_ entity: Entity, file: Int) throws -> [SeenCodeContradiction] {
        guard try first("SELECT 1 FROM seen_code LIMIT 1", { _ in }, { _ in true }) != nil else { return [] }
        // The few codes that were seen come first; their records are found by index.
        let pairs = try Row.fetchAll(
            db,
            sql: """
                SELECT seen_code.procore_id AS seen, record.id AS record
                FROM seen_code CROSS JOIN record
                    ON record.entity = seen_code.kind AND record.procore_id = seen_code.procore_id
                WHERE seen_code.kind = :kind AND seen_code.project IS NOT NULL AND record.file = :file
                    AND record.business_key <> seen_code.project || '/' || seen_code.code
                UNION
                SELECT seen_code.procore_id, record.id
                FROM seen_code CROSS JOIN record ON record.business_hash = seen_code.code_hash
                    AND record.business_key = seen_code.project || '/' || seen_code.code
                WHERE seen_code.kind = :kind AND :kind = 'cost_codes' AND record.file = :file AND record.entity = :kind
                    AND record.procore_id <> seen_code.procore_id
                ORDER BY 1, 2 LIMIT 100
                """, arguments: ["file": file, "kind": entity.rawValue])
        return try pairs.compactMap { pair in
            let seen: String = pair["seen"]
            let number: Int64 = pair["record"]
            guard let code = try seenCode(RecordKey(entity, seen)), let record = try record(id: number) else {
                return nil
            }
            return SeenCodeContradiction(seen: code, record: record)
        }
    }

    /// Whether any record waits for a cost code or WBS code of a project.
    public func isAwaitingCodes() throws -> Bool {
        // What follows a slash in the alphabet is a naught.
        try [Entity.costCodes, .wbsCodes].contains { try isAwaiting("\($0.rawValue)/", before: "\($0.rawValue)0") }
    }

    /// Whether any cost waits for an item of QuickBooks to be tied to a cost code.
    public func isAwaitingItems() throws -> Bool {
        // What follows an at sign in the alphabet is an A.
        let start = Entity.standardCostCodes.rawValue
        return try isAwaiting("\(start)/@", before: "\(start)/A")
    }

    private func isAwaiting(_ start: String, before end: String) throws -> Bool {
        try first("SELECT 1 FROM wait WHERE needs >= ? AND needs < ? LIMIT 1") { bind in
            bind(start)
            bind(end)
        } _: { _ in
            true
        } ?? false
    }

    private func seenCodes(
        _ condition: StaticString, _ bind: (inout Binding) -> Void
    ) throws -> [LedgerSeenCode] {
        try all(.seenCode, Self.seenSelection, condition, bind) { row in
            guard let entity = row.text(0).flatMap(Entity.init), let id = row.text(1), let code = row.text(4) else {
                throw LedgerDamage("A code that was seen has an unknown kind.")
            }
            let place: LedgerSeenCode.Place
            if let project = row.text(2) {
                place = .project(project)
            } else if let holder = row.text(3).flatMap({ RecordKey($0) }) {
                place = .document(holder)
            } else {
                throw LedgerDamage("The code \(id) that was seen belongs nowhere.")
            }
            var seen = LedgerSeenCode(
                key: RecordKey(entity, id), place: place, code: code, type: row.text(5) ?? "",
                shown: row.text(6) ?? code,
                typeID: row.text(7), source: row.text(8) ?? "")
            seen.doubt = row.text(9)
            return seen
        }
    }
}
