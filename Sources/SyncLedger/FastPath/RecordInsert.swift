import Domain

/// What is written of an element of a list that a file brings for the first time, with the request that adds it.
///
/// More than 12 properties, since each is a value of its row.
public final class RecordInsert: Sendable {
    /// The kind of record.
    public let entity: Entity
    let values: PackedValues
    let procoreID: PackedValues.Place
    private let idHash: Int64?
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
        idHash = values.lend { [procoreID] in $0[procoreID].map { RecordHashes.id(record.entity, $0) } }
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
        idHash = values.lend { [procoreID] in $0[procoreID].map { RecordHashes.id(entity, $0) } }
        self.updatedAt = updatedAt?.microseconds
        self.requestID = requestID
        isPlain = true
    }

    /// By what it will be found.
    var found: RecordHashes { RecordHashes(id: idHash, element: nil, name: nameHash, business: businessHash) }

    /// By what others would be found that stand in its way.
    var sought: RecordHashes {
        RecordHashes(
            id: idHash, element: nil, name: nameHashes.all, business: businessHash, ownName: nameHashes.own)
    }

    /// What it should be in QuickBooks.
    public var wanted: Content {
        values.lend { $0[content].map { Content(decoding: $0) } } ?? Content()
    }
}

extension RecordInsert {
    /// A row that is to be written.
    struct Row {
        let insert: RecordInsert
        let file: Int
        let document: Int
    }

    /// Whether another one, that is not written yet, may be meant by this one or wants its name; as `isNew` asks of rows.
    fileprivate func isMet(by other: RecordInsert) -> Bool {
        values.lend { own in
            other.values.lend { others in
                let (id, otherID) = (own[procoreID], others[other.procoreID])
                if entity == other.entity {
                    if let id, let otherID, id.elementsEqual(otherID) { return true }
                    if id == nil || otherID == nil, businessHash != nil, businessHash == other.businessHash {
                        return true
                    }
                }
                if other.nameHash == nameHashes.all { return true }
                guard let ownHash = nameHashes.own, ownHash == other.businessHash, let name = own[nameKey],
                    let otherName = others[other.nameKey]
                else { return false }
                return name.elementsEqual(otherName)
            }
        }
    }
}

extension Books {
    /// Whether no record could be meant, and none wants its name. False also where that takes more than an index.
    public func isNew(_ insert: RecordInsert) throws -> Bool {
        if try known.areNew(insert.sought, self) { return true }
        if !pending.hasOnlyRecords { try writePending() }
        if pending.records.contains(where: { insert.isMet(by: $0.insert) }) { return false }
        let isKnown = try insert.values.lend { values in
            try firstBesidePending(
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
        if !pending.hasOnlyRecords { try writePending() }
        pending.add(RecordInsert.Row(insert: insert, file: file, document: document))
        known.add(insert.found)
        try writePendingIfFull()
    }

    private static let recordColumns = """
        record (entity, procore_id, business_key, scope, shown, state, name_key, wanted, updated_at, attempts, retries,
            file, business_hash, name_hash, born)
        """
    private static let recordRows = RowsStatement(
        into: recordColumns, row: "(?, ?, ?, ?, ?, 'queued', ?, ?, ?, 1, 0, ?, ?, ?, ?)")
    private static let requestRows = RowsStatement(
        into: "request (request_id, record, object, operation, document, is_plain)", row: "(?, ?, ?, 'add', ?, ?)")

    /// Writes new records, and the requests that add them.
    func write(_ rows: [RecordInsert.Row]) throws {
        for some in PendingInserts.portions(rows) {
            try PackedValues.lend(some.map(\.insert.values)) { lent in
                try run(Self.recordRows, count: some.count) { bind in
                    for (row, values) in zip(some, lent) { Self.bind(row, values, &bind) }
                }
            }
            // Each has the next number.
            let first = lastInsertedRowID - Int64(some.count) + 1
            try run(Self.requestRows, count: some.count) { bind in
                for (index, row) in some.enumerated() { Self.bind(row, first + Int64(index), &bind) }
            }
        }
    }

    private static func bind(_ row: RecordInsert.Row, _ values: LentValues, _ bind: inout Binding) {
        let insert = row.insert
        bind(insert.entity.rawValue)
        bind(lent: values[insert.procoreID])
        bind(lent: values[insert.businessKey])
        bind(lent: values[insert.scope])
        bind(lent: values[insert.shown])
        bind(lent: values[insert.nameKey])
        bind(lentBytes: values[insert.content])
        bind(insert.updatedAt)
        bind(row.file)
        bind(insert.businessHash)
        bind(insert.nameHash)
        bind(row.file)
    }

    private static func bind(_ row: RecordInsert.Row, _ record: Int64, _ bind: inout Binding) {
        bind(row.insert.requestID)
        bind(record)
        bind(record)
        bind(row.document)
        bind(row.insert.isPlain)
    }
}
