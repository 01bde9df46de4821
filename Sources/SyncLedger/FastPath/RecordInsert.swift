import Domain

/// What is written of an element of a list that a file brings for the first time, with the request that adds it.
public struct RecordInsert: Sendable {
    /// It and others that were put together with it.
    let all: RecordInserts
    let number: Int

    init(all: RecordInserts, number: Int) {
        self.all = all
        self.number = number
    }

    /// A record that is to be asked for at once.
    /// - Parameters:
    ///   - record: with its wanted content and its name; nil without them.
    ///   - requestID: of the request that adds it.
    public init?(_ record: LedgerRecord, requestID: String) {
        guard let wanted = record.wanted, let nameKey = record.contents.nameKey else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(768)
        func add(_ text: String) -> Range<Int> {
            bytes.append(contentsOf: text.utf8)
            return bytes.count - text.utf8.count..<bytes.count
        }
        var texts = RecordInserts.Texts()
        texts.procoreID = record.procoreID.map(add)
        texts.businessKey = record.identity.businessKey.map(add)
        texts.scope = record.identity.scope.map(add)
        texts.shown = add(record.shown)
        texts.nameKey = add(nameKey)
        let (id, name) = (add(requestID), add(record.entity.rawValue))
        wanted.encode(into: &bytes)
        texts.content = name.upperBound..<bytes.count
        let isPlain = RecordKey(namedIn: requestID).map { $0 == record.key } ?? false
        let row = bytes.withUnsafeBytes {
            RecordInserts.Row(
                record.entity, in: $0, texts, updatedAt: record.updatedAt, requestID: id, isPlain: isPlain)
        }
        self.init(all: RecordInserts(record.entity, bytes, entityName: name, [row]), number: 0)
    }

    /// The kind of record.
    public var entity: Entity { all.entity }
    /// The `requestID` of the request that adds it.
    public var requestID: String { String(decoding: all.bytes[row.requestID], as: UTF8.self) }
    /// When Procore says that it was changed.
    public var updatedAt: Timestamp? { row.updatedAt.map { Timestamp(microseconds: $0) } }
    /// What it should be in QuickBooks.
    public var wanted: Content { all.lend { Content(decoding: UnsafeRawBufferPointer(rebasing: $0[row.content])) } }

    var row: RecordInserts.Row { all.rows[number] }

    /// By what it will be found.
    var found: RecordHashes {
        let row = row
        return RecordHashes(id: row.idHash, element: nil, name: row.nameHash, business: row.businessHash)
    }

    /// By what others would be found that stand in its way.
    var sought: RecordHashes {
        let row = row
        return RecordHashes(
            id: row.idHash, element: nil, name: row.nameHashes.all, business: row.businessHash,
            ownName: row.nameHashes.own)
    }

    /// Lends its texts while something runs.
    func lend<Result>(_ body: (LentInsert) throws -> Result) rethrows -> Result {
        try all.lend { try body(LentInsert(row: row, entityName: all.entityName, bytes: $0)) }
    }
}

/// A new record while a statement runs.
struct LentInsert {
    let row: RecordInserts.Row
    let entityName: Range<Int>
    let bytes: UnsafeRawBufferPointer

    /// The bytes in a place; nil for NULL.
    subscript(place: Range<Int>?) -> UnsafeRawBufferPointer? {
        place.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
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
        lend { own in
            other.lend { others in
                let (id, otherID) = (own[own.row.procoreID], others[others.row.procoreID])
                if entity == other.entity {
                    if let id, let otherID, id.elementsEqual(otherID) { return true }
                    let hash = own.row.businessHash
                    if id == nil || otherID == nil, hash != nil, hash == others.row.businessHash { return true }
                }
                if others.row.nameHash == own.row.nameHashes.all { return true }
                guard let ownHash = own.row.nameHashes.own, ownHash == others.row.businessHash,
                    let name = own[own.row.nameKey], let otherName = others[others.row.nameKey]
                else { return false }
                return name.elementsEqual(otherName)
            }
        }
    }

    /// Lends the texts of several rows at once.
    fileprivate static func lend<Result>(
        _ rows: ArraySlice<Row>, _ body: ([LentInsert]) throws -> Result
    ) rethrows -> Result {
        var lent: [LentInsert] = []
        lent.reserveCapacity(rows.count)
        return try lend(rows, &lent, body)
    }

    private static func lend<Result>(
        _ rest: ArraySlice<Row>, _ lent: inout [LentInsert], _ body: ([LentInsert]) throws -> Result
    ) rethrows -> Result {
        guard let all = rest.first?.insert.all else { return try body(lent) }
        // Those that were put together lie in one piece of memory.
        let together = rest.prefix { $0.insert.all === all }
        return try all.lend { bytes in
            for row in together {
                lent.append(LentInsert(row: row.insert.row, entityName: all.entityName, bytes: bytes))
            }
            return try lend(rest[together.endIndex...], &lent, body)
        }
    }
}

extension Books {
    /// Whether no record could be meant, and none wants its name. False also where that takes more than an index.
    public func isNew(_ insert: RecordInsert) throws -> Bool {
        if try known.areNew(insert.sought, self) { return true }
        if !pending.hasOnlyRecords { try writePending() }
        if pending.records.contains(where: { insert.isMet(by: $0.insert) }) { return false }
        let isKnown = try insert.lend { lent in
            try firstBesidePending(
                """
                SELECT EXISTS (SELECT 1 FROM record WHERE entity = ?1 AND procore_id = ?2)
                    OR EXISTS (SELECT 1 FROM record WHERE name_hash = ?3)
                    OR EXISTS (SELECT 1 FROM record WHERE business_hash = ?5 AND name_key = ?6)
                    OR EXISTS (SELECT 1 FROM record WHERE business_hash = ?4 AND entity = ?1
                        AND (procore_id IS NULL OR ?2 IS NULL))
                """
            ) { bind in
                bind(lent: lent[lent.entityName])
                bind(lent: lent[lent.row.procoreID])
                bind(lent.row.nameHashes.all)
                bind(lent.row.businessHash)
                bind(lent.row.nameHashes.own)
                bind(lent: lent[lent.row.nameKey])
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
        into: recordColumns, row: "(?, ?, ?, ?, ?, 'queued', ?, ?, ?, 1, 0, ?, ?, ?, ?)",
        together: PendingInserts.recordsTogether)
    private static let requestRows = RowsStatement(
        into: "request (request_id, record, object, operation, document, is_plain)", row: "(?, ?, ?, 'add', ?, ?)",
        together: PendingInserts.recordsTogether)

    /// Writes new records, and the requests that add them.
    func write(_ rows: [RecordInsert.Row]) throws {
        for some in PendingInserts.portions(rows, of: PendingInserts.recordsTogether) {
            try RecordInsert.lend(some) { lent in
                try run(Self.recordRows, count: some.count) { bind in
                    for (row, lent) in zip(some, lent) { Self.bind(lent, file: row.file, &bind) }
                }
                // Each has the next number.
                var record = lastInsertedRowID - Int64(some.count)
                try run(Self.requestRows, count: some.count) { bind in
                    for (row, lent) in zip(some, lent) {
                        record += 1
                        Self.bind(lent, record, document: row.document, &bind)
                    }
                }
            }
        }
    }

    private static func bind(_ lent: LentInsert, file: Int, _ bind: inout Binding) {
        let row = lent.row
        bind(lent: lent[lent.entityName])
        bind(lent: lent[row.procoreID])
        bind(lent: lent[row.businessKey])
        bind(lent: lent[row.scope])
        bind(lent: lent[row.shown])
        bind(lent: lent[row.nameKey])
        bind(lentBytes: lent[row.content])
        bind(row.updatedAt)
        bind(file)
        bind(row.businessHash)
        bind(row.nameHash)
        bind(file)
    }

    private static func bind(_ lent: LentInsert, _ record: Int64, document: Int, _ bind: inout Binding) {
        bind(lent: lent[lent.row.requestID])
        bind(record)
        bind(record)
        bind(document)
        bind(lent.row.isPlain)
    }
}
