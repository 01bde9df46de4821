import GRDB

/// What the carrier between the folders and Procore says of itself, for whoever asks how the root stands.
public struct CarrierNote: Sendable, Hashable {
    /// What a note is about.
    public enum Kind: String, Sendable {
        /// When Procore answered last; the object is empty.
        case asked
        /// The document that was answered last.
        case posted
        /// When lists were fetched last; the object is empty.
        case fetched
        /// A document that waits in the outbox, and why.
        case waits
        /// A list that could not be fetched, and why.
        case unfetched
        /// What keeps everything from being carried; the object is empty.
        case trouble
    }

    /// What it is about.
    public var kind: Kind
    /// The document or the list; empty where it is about none.
    public var object: String
    /// In words.
    public var what: String
    /// When that was, or since when it is so, seconds since 1970.
    public var at: Int64

    /// A note.
    public init(_ kind: Kind, _ object: String = "", what: String = "", at: Int64) {
        self.kind = kind
        self.object = object
        self.what = what
        self.at = at
    }
}

extension Books {
    /// Notes something down. What was noted of the same object with the same words keeps its time.
    public func note(_ note: CarrierNote) throws {
        try db.execute(
            literal: """
                INSERT INTO carrier_note (kind, object, what, at)
                VALUES (\(note.kind.rawValue), \(note.object), \(note.what), \(note.at))
                ON CONFLICT (kind, object) DO UPDATE SET
                    at = CASE WHEN what = excluded.what AND what <> '' THEN at ELSE excluded.at END,
                    what = excluded.what
                """)
    }

    /// Notes something down in the place of all other notes of its kind.
    public func noteAlone(_ note: CarrierNote) throws {
        try db.execute(
            literal: "DELETE FROM carrier_note WHERE kind = \(note.kind.rawValue) AND object <> \(note.object)")
        try self.note(note)
    }

    /// Strikes a note out.
    public func strike(_ kind: CarrierNote.Kind, _ object: String = "") throws {
        try db.execute(literal: "DELETE FROM carrier_note WHERE kind = \(kind.rawValue) AND object = \(object)")
    }

    /// The notes of a kind, by object; none where the ledger is from before there were any.
    public func carrierNotes(_ kind: CarrierNote.Kind) throws -> [CarrierNote] {
        guard try db.tableExists("carrier_note") else { return [] }
        return try Row.fetchAll(
            db,
            SQLRequest(
                literal: """
                    SELECT object, what, at FROM carrier_note WHERE kind = \(kind.rawValue) ORDER BY object
                    """)
        ).map { CarrierNote(kind, $0[0], what: $0[1], at: $0[2]) }
    }
}
