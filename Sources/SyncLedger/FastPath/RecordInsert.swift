import Domain

/// What is written of an element of a list that a file brings for the first time, with the request that adds it.
///
/// More than 12 properties, since each is a value of its row.
public final class RecordInsert: Sendable {
    /// The kind of record.
    public let entity: Entity
    let values: PackedValues
    let procoreID: PackedValues.Place
    let businessKey: PackedValues.Place
    let businessHash: Int64?
    let scope: PackedValues.Place
    let shown: PackedValues.Place
    let nameKey: PackedValues.Place
    /// By which its name is searched: that of the name, and that of the business key that another one of the name may have.
    let nameHashes: (all: Int64, own: Int64?)
    /// By which its name is found, unless its business key finds it.
    let nameHash: Int64?
    let content: PackedValues.Place
    let updatedAt: Int64?
    /// The `requestID` of the request that adds it.
    public let requestID: String
    let isPlain: Bool

    /// A record that is to be asked for at once.
    /// - Parameter requestID: of the request that adds it.
    /// - Parameter record: with its wanted content and its name; nil without them.
    public init?(_ record: LedgerRecord, requestID: String) {
        guard let wanted = record.wanted, let nameKey = record.contents.nameKey else { return nil }
        entity = record.entity
        var values = PackedValues(capacity: 640)
        procoreID = values.add(record.procoreID)
        businessKey = values.add(record.identity.businessKey)
        businessHash = record.identity.businessKey.map { Books.hash($0) }
        scope = values.add(record.identity.scope)
        shown = values.add(record.shown)
        self.nameKey = values.add(nameKey)
        let isOwn = Books.isOwnName(nameKey, record.identity.businessKey)
        nameHashes = (all: Books.hash(nameKey), own: isOwn ? businessHash : Books.ownNameHash(nameKey))
        nameHash = isOwn ? nil : nameHashes.all
        content = values.add { wanted.encode(into: &$0) }
        self.values = values
        updatedAt = record.updatedAt?.microseconds
        self.requestID = requestID
        isPlain = RecordKey(namedIn: requestID).map { $0 == record.key } ?? false
    }

    /// A record whose texts were put together elsewhere.
    /// - Parameters:
    ///   - entity: its kind.
    ///   - packed: its texts, and where each lies.
    ///   - updatedAt: when Procore says that it was changed.
    ///   - requestID: of the request that adds it, with Procore's id in it.
    public init(_ entity: Entity, _ packed: PackedElement, updatedAt: Timestamp?, requestID: String) {
        let places = packed.places
        self.entity = entity
        values = PackedValues(packed.bytes)
        procoreID = .init(range: places.id)
        businessKey = .init(range: places.key)
        scope = .null
        shown = .init(range: places.shown)
        nameKey = .init(range: places.nameKey)
        content = .init(range: places.content)
        let isOwn: Bool
        (businessHash, nameHashes, isOwn) = packed.bytes.withUnsafeBytes { bytes in
            let hash = { Books.hash(UnsafeRawBufferPointer(rebasing: bytes[$0])) }
            let name = UnsafeRawBufferPointer(rebasing: bytes[places.nameKey])
            let (business, own) = (hash(places.key), Books.ownName(name))
            let isOwn = own?.elementsEqual(bytes[places.key]) ?? false
            return (business, (all: Books.hash(name), own: isOwn ? business : own.map { Books.hash($0) }), isOwn)
        }
        nameHash = isOwn ? nil : nameHashes.all
        self.updatedAt = updatedAt?.microseconds
        self.requestID = requestID
        isPlain = true
    }

    /// What it should be in QuickBooks.
    public var wanted: Content {
        values.lend { $0[content].map { Content(decoding: $0) } } ?? Content()
    }
}

extension Books {
    /// Whether no record could be meant, and none wants its name. False also where that takes more than an index.
    public func isNew(_ insert: RecordInsert) throws -> Bool {
        let isKnown = try insert.values.lend { values in
            try first(
                """
                SELECT EXISTS (SELECT 1 FROM record WHERE entity = ?1 AND procore_id = ?2)
                    OR EXISTS (SELECT 1 FROM record WHERE name_hash = ?3)
                    OR EXISTS (SELECT 1 FROM record WHERE business_hash = ?5 AND name_key = ?6)
                    OR EXISTS (SELECT 1 FROM record WHERE business_hash = ?4 AND entity = ?1
                        AND (procore_id IS NULL OR ?2 IS NULL))
                """
            ) { bind in
                bind(insert.entity.rawValue)
                bind(lent: values[insert.procoreID])
                bind(insert.nameHashes.all)
                bind(insert.businessHash)
                bind(insert.nameHashes.own)
                bind(lent: values[insert.nameKey])
            } _: { row in
                row.number(0) == 1
            }
        }
        return isKnown == false
    }

    /// Writes the record, queued, and the request that adds it. The history begins with it, without an event.
    public func insert(_ insert: RecordInsert, from file: Int, document: Int) throws {
        try insert.values.lend { values in
            try run(
                """
                INSERT INTO record (entity, procore_id, business_key, scope, shown, state, name_key, wanted, updated_at,
                    attempts, retries, file, business_hash, name_hash, born
                ) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, 1, 0, ?, ?, ?, ?)
                """
            ) { bind in
                bind(insert.entity.rawValue)
                bind(lent: values[insert.procoreID])
                bind(lent: values[insert.businessKey])
                bind(lent: values[insert.scope])
                bind(lent: values[insert.shown])
                bind(lent: values[insert.nameKey])
                bind(lentBytes: values[insert.content])
                bind(insert.updatedAt)
                bind(file)
                bind(insert.businessHash)
                bind(insert.nameHash)
                bind(file)
            }
        }
        let record = lastInsertedRowID
        try run(
            """
            INSERT INTO request (request_id, record, object, operation, document, is_plain)
            VALUES (?, ?, ?, 'add', ?, ?)
            """
        ) { bind in
            bind(insert.requestID)
            bind(record)
            bind(record)
            bind(document)
            bind(insert.isPlain)
        }
    }
}
