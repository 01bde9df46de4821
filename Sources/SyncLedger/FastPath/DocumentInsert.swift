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
    }
}

extension Books {
    /// Whether no record could be meant, and none wants its number.
    public func isNew(_ insert: DocumentInsert) throws -> Bool {
        let isKnown = try insert.values.lend { values in
            try first(
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
        known.turnOff()
        try insert.values.lend { values in
            try write(insert, values, from: file)
            let record = lastInsertedRowID
            for fragment in insert.fragments {
                try addFragment(fragment.name, of: record, lent: values[fragment.content])
            }
            try run(
                """
                INSERT INTO request (request_id, record, object, operation, document, message_set, is_plain)
                VALUES (?, ?, ?, 'add', ?, ?, ?)
                """
            ) { bind in
                bind(lent: values[insert.request])
                bind(record)
                bind(record)
                bind(document)
                bind(lent: values[insert.messageSet])
                bind(insert.isPlain)
            }
        }
    }

    private func write(_ insert: DocumentInsert, _ values: LentValues, from file: Int) throws {
        try run(
            """
            INSERT INTO record (entity, procore_id, scope, shown, state, name_key, wanted, updated_at, attempts, retries,
                file, name_hash, project, stated, from_quickbooks, brought, born
            ) VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, 1, 0, ?, ?, ?, ?, 0, ?, ?)
            """
        ) { bind in
            bind(insert.entity.rawValue)
            bind(lent: values[insert.procoreID])
            bind(lent: values[insert.scope])
            bind(lent: values[insert.shown])
            bind(lent: values[insert.nameKey])
            bind(lentBytes: values[insert.wanted])
            bind(insert.updatedAt)
            bind(file)
            bind(insert.nameHash)
            bind(lent: values[insert.project])
            bind(insert.cents.stated)
            bind(insert.cents.brought)
            bind(file)
        }
    }
}
