import Domain

/// What is written of a document of Procore's that a file brings for the first time, with the request that adds it, which
/// travels alone.
///
/// More than 12 properties, since each is a value of a row.
public final class DocumentInsert: Sendable {
    /// The kind of record.
    public let entity: Entity
    let values: PackedValues
    let procoreID: PackedValues.Place
    private let idHash: Int64?
    let scope: PackedValues.Place
    let shown: PackedValues.Place
    let nameKey: PackedValues.Place
    let nameHash: Int64?
    /// The number of the business key that another one of the name may have.
    let ownNameHash: Int64?
    let wanted: PackedValues.Place
    let project: PackedValues.Place
    let fragments: [(name: String, content: PackedValues.Place)]
    let updatedAt: Int64?
    let cents: (stated: Int64?, brought: Int64?)
    let request: PackedValues.Place
    let messageSet: PackedValues.Place
    let isPlain: Bool

    /// What Procore says of a document and what it should be in QuickBooks, each as `Content` encodes it.
    public struct Contents: Sendable {
        /// The fragments, in the order of their names.
        public let fragments: [(name: String, content: [UInt8])]
        /// What it should be.
        public let wanted: [UInt8]

        /// These contents.
        public init(fragments: [(name: String, content: [UInt8])], wanted: [UInt8]) {
            self.fragments = fragments
            self.wanted = wanted
        }
    }

    /// Where a document belongs.
    public struct Places: Sendable {
        /// What a write-back has to name beside the company.
        public let scope: String?
        /// Procore's id of its project.
        public let project: String
        /// The QuickBooks number that it wants, folded for comparison.
        public let nameKey: String

        /// These places.
        public init(scope: String?, project: String, nameKey: String) {
            (self.scope, self.project, self.nameKey) = (scope, project, nameKey)
        }
    }

    /// A document of which nothing has to be worked out any more.
    /// - Parameters:
    ///   - key: which one it is.
    ///   - contents: what is known of it.
    ///   - places: where it belongs.
    ///   - updatedAt: when it was last changed.
    ///   - cents: what it states that it comes to, and what it comes to.
    ///   - requestID: of the request that adds it.
    ///   - messageSet: the id of the set in which that travels.
    public init(
        _ key: RecordKey, _ contents: Contents, _ places: Places, updatedAt: Timestamp?,
        cents: (stated: Int64?, brought: Int64?), requestID: String, messageSet: String
    ) {
        entity = key.entity
        let length = contents.fragments.reduce(contents.wanted.count) { $0 + $1.content.count }
        var values = PackedValues(capacity: length + 256)
        procoreID = values.add(key.procoreID)
        scope = values.add(places.scope)
        shown = values.add(key.shown)
        nameKey = values.add(places.nameKey)
        nameHash = Books.hash(places.nameKey)
        ownNameHash = Books.ownNameHash(places.nameKey)
        wanted = values.add { $0 += contents.wanted }
        project = values.add(places.project)
        var fragments: [(name: String, content: PackedValues.Place)] = []
        for (name, content) in contents.fragments { fragments.append((name, values.add { $0 += content })) }
        self.fragments = fragments
        self.updatedAt = updatedAt?.microseconds
        self.cents = cents
        request = values.add(requestID)
        self.messageSet = values.add(messageSet)
        isPlain = RecordKey(namedIn: requestID).map { $0 == key } ?? false
        self.values = values
        idHash = Books.bytes(of: key.procoreID) { RecordHashes.id(key.entity, $0) }
    }

    /// A document that is to be asked for at once.
    /// - Parameters:
    ///   - record: with its wanted content, queued, and known by Procore's id alone; nil otherwise.
    ///   - fragments: all that Procore says of it, as `Content.encoded` wrote it.
    ///   - requestID: of the request that adds it.
    ///   - messageSet: the id of the set in which that travels.
    public init?(_ record: LedgerRecord, fragments: [String: [UInt8]], requestID: String, messageSet: String) {
        guard let content = record.wanted, record.state == .queued, record.identity.businessKey == nil,
            record.tie.owner == nil, record.tie.claimedID == nil
        else { return nil }
        entity = record.entity
        var values = PackedValues(capacity: 2_048)
        procoreID = values.add(record.procoreID)
        scope = values.add(record.identity.scope)
        shown = values.add(record.shown)
        nameKey = values.add(record.contents.nameKey)
        nameHash = record.contents.nameKey.map { Books.hash($0) }
        ownNameHash = record.contents.nameKey.flatMap(Books.ownNameHash)
        wanted = values.add { content.encode(into: &$0) }
        project = values.add(record.identity.project)
        // In the order of the table, whose rows are kept by it.
        var places: [(name: String, content: PackedValues.Place)] = []
        for (name, encoded) in fragments.sorted(by: { $0.key < $1.key }) {
            places.append((name, values.add { $0 += encoded }))
        }
        self.fragments = places
        updatedAt = record.updatedAt?.microseconds
        cents = (stated: record.contents.stated?.cents, brought: record.money?.brought?.cents)
        request = values.add(requestID)
        self.messageSet = values.add(messageSet)
        isPlain = RecordKey(namedIn: requestID).map { $0 == record.key } ?? false
        self.values = values
        idHash = record.procoreID.map { Books.bytes(of: $0) { RecordHashes.id(record.entity, $0) } }
    }
}

extension DocumentInsert {
    /// A row that is to be written.
    struct Row {
        let insert: DocumentInsert
        let file: Int
        let document: Int
    }

    /// By what it will be found.
    var found: RecordHashes { RecordHashes(id: idHash, element: nil, name: nameHash, business: nil) }

    /// By what others would be found that stand in its way.
    var sought: RecordHashes {
        RecordHashes(id: idHash, element: nil, name: nameHash, business: nil, ownName: ownNameHash)
    }

    /// Whether another one, that is not written yet, may be meant by this one or wants its number; as `isNew` asks of rows.
    /// None of them has a business key.
    fileprivate func isMet(by other: DocumentInsert) -> Bool {
        if let idHash, idHash == other.idHash { return true }
        if let nameHash, nameHash == other.nameHash { return true }
        return false
    }
}

extension Books {
    /// Whether no record could be meant, and none wants its number. False also where that takes more than an index.
    public func isNew(_ insert: DocumentInsert) throws -> Bool {
        if try known.areNew(insert.sought, self) { return true }
        if !pending.hasOnlyDocuments { try writePending() }
        if pending.documents.contains(where: { insert.isMet(by: $0.insert) }) { return false }
        let isKnown = try insert.values.lend { values in
            try firstBesidePending(
                """
                SELECT EXISTS (SELECT 1 FROM record WHERE entity = ? AND procore_id = ?)
                    OR EXISTS (SELECT 1 FROM record WHERE name_hash = ?)
                    OR EXISTS (SELECT 1 FROM record WHERE business_hash = ? AND name_key = ?)
                """
            ) { bind in
                bind(insert.entity.rawValue)
                bind(lent: values[insert.procoreID])
                bind(insert.nameHash)
                bind(insert.ownNameHash)
                bind(lent: values[insert.nameKey])
            } _: { row in
                row.number(0) == 1
            }
        }
        return isKnown == false
    }

    /// Writes the record, queued, what Procore says of it, and the request that adds it. The history begins with it, without
    /// an event.
    public func insert(_ insert: DocumentInsert, from file: Int, document: Int) throws {
        if !pending.hasOnlyDocuments { try writePending() }
        pending.add(DocumentInsert.Row(insert: insert, file: file, document: document))
        known.add(insert.found)
        try writePendingIfFull()
    }

    private static let documentRecordRows = RowsStatement(
        into: """
            record (entity, procore_id, scope, shown, state, name_key, wanted, updated_at, attempts, retries,
                file, name_hash, project, stated, from_quickbooks, brought, born)
            """, row: "(?, ?, ?, ?, 'queued', ?, ?, ?, 1, 0, ?, ?, ?, ?, 0, ?, ?)")
    private static let fragmentRows = RowsStatement(into: "fragment (record, name, content)", row: "(?, ?, ?)")
    private static let loneRequestRows = RowsStatement(
        into: "request (request_id, record, object, operation, document, message_set, is_plain)",
        row: "(?, ?, ?, 'add', ?, ?, ?)")

    /// Writes new documents of Procore's, what it says of them, and the requests that add them. The latter two one by one:
    /// they name a record, and of several such rows in a statement SQLite notes each page before it changes it, also where the
    /// statement says OR FAIL.
    func write(_ rows: [DocumentInsert.Row]) throws {
        for some in PendingInserts.portions(rows) {
            try PackedValues.lend(some.map(\.insert.values)) { lent in
                try run(Self.documentRecordRows, count: some.count) { bind in
                    for (row, values) in zip(some, lent) { Self.bind(row, values, &bind) }
                }
                // Each has the next number.
                let first = lastInsertedRowID - Int64(some.count) + 1
                try writeFragments(of: some, lent, first)
                for (index, row) in some.enumerated() {
                    try run(Self.loneRequestRows, count: 1) { bind in
                        Self.bind(row, first + Int64(index), lent[index], &bind)
                    }
                }
            }
        }
    }

    private func writeFragments(
        of rows: ArraySlice<DocumentInsert.Row>, _ lent: [LentValues], _ first: Int64
    ) throws {
        for (index, row) in rows.enumerated() {
            for (name, place) in row.insert.fragments {
                try run(Self.fragmentRows, count: 1) { bind in
                    bind(first + Int64(index))
                    bind(name)
                    bind(lentBytes: lent[index][place])
                }
            }
        }
    }

    private static func bind(_ row: DocumentInsert.Row, _ values: LentValues, _ bind: inout Binding) {
        let insert = row.insert
        bind(insert.entity.rawValue)
        bind(lent: values[insert.procoreID])
        bind(lent: values[insert.scope])
        bind(lent: values[insert.shown])
        bind(lent: values[insert.nameKey])
        bind(lentBytes: values[insert.wanted])
        bind(insert.updatedAt)
        bind(row.file)
        bind(insert.nameHash)
        bind(lent: values[insert.project])
        bind(insert.cents.stated)
        bind(insert.cents.brought)
        bind(row.file)
    }

    private static func bind(
        _ row: DocumentInsert.Row, _ record: Int64, _ values: LentValues, _ bind: inout Binding
    ) {
        bind(lent: values[row.insert.request])
        bind(record)
        bind(record)
        bind(row.document)
        bind(lent: values[row.insert.messageSet])
        bind(row.insert.isPlain)
    }
}
