import Domain

/// What is written of an element of a list that a file brings for the first time, with the request that adds it.
public struct Newcomer: Sendable {
    let key: (entity: Entity, procoreID: String?)
    let businessKey: String?
    let businessHash: Int64?
    let scope: String?
    let shown: String
    let nameKey: String
    let nameHash: Int64
    let content: [UInt8]
    let updatedAt: Int64?
    /// The `requestID` of the request that adds it.
    public let requestID: String
    let isPlain: Bool

    /// A record that is to be asked for at once.
    /// - Parameter record: with its wanted content and its name; nil without them.
    public init?(_ record: LedgerRecord, requestID: String) {
        guard let wanted = record.wanted, let nameKey = record.nameKey else { return nil }
        key = (record.entity, record.procoreID)
        businessKey = record.businessKey
        businessHash = record.businessKey.map(Books.hash)
        scope = record.scope
        shown = record.shown
        self.nameKey = nameKey
        nameHash = Books.hash(nameKey)
        content = wanted.encoded
        updatedAt = record.updatedAt?.microseconds
        self.requestID = requestID
        isPlain = RecordKey(namedIn: requestID).map { $0 == record.key } ?? false
    }

    /// The kind of record.
    public var entity: Entity { key.entity }
}

extension Books {
    /// Whether no record could be meant by a newcomer, and none wants its name. False also where that takes a closer look.
    public func isNew(_ newcomer: Newcomer) throws -> Bool {
        let isKnown = try first(
            """
            SELECT EXISTS (SELECT 1 FROM record WHERE entity = ?1 AND procore_id = ?2)
                OR EXISTS (SELECT 1 FROM record WHERE name_hash = ?3)
                OR EXISTS (SELECT 1 FROM record WHERE business_hash = ?4 AND entity = ?1
                    AND (procore_id IS NULL OR ?2 IS NULL))
            """
        ) { bind in
            bind(newcomer.entity.rawValue)
            bind(newcomer.key.procoreID)
            bind(newcomer.nameHash)
            bind(newcomer.businessHash)
        } _: { row in
            row.number(0) == 1
        }
        return isKnown == false
    }

    /// Writes a newcomer, queued, and the request that adds it. The history begins with it, without an event.
    public func insert(_ newcomer: Newcomer, from file: Int, document: Int) throws {
        try run(
            """
            INSERT INTO record (entity, procore_id, business_key, scope, shown, state, name_key, wanted, updated_at,
                attempts, retries, file, business_hash, name_hash, born
            ) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, 1, 0, ?, ?, ?, ?)
            """
        ) { bind in
            bind(newcomer.entity.rawValue)
            bind(newcomer.key.procoreID)
            bind(newcomer.businessKey)
            bind(newcomer.scope)
            bind(newcomer.shown)
            bind(newcomer.nameKey)
            bind(newcomer.content)
            bind(newcomer.updatedAt)
            bind(file)
            bind(newcomer.businessHash)
            bind(newcomer.nameHash)
            bind(file)
        }
        let record = db.lastInsertedRowID
        try run(
            """
            INSERT INTO request (request_id, record, object, operation, document, is_plain)
            VALUES (?, ?, ?, 'add', ?, ?)
            """
        ) { bind in
            bind(newcomer.requestID)
            bind(record)
            bind(record)
            bind(document)
            bind(newcomer.isPlain)
        }
    }
}
