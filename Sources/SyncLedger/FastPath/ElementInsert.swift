import Domain

/// What is written of an element that QuickBooks' list shows for the first time, and that goes to Procore as it is.
///
/// It is one of several that were put together, whose texts lie in one piece of memory.
public struct ElementInsert: Sendable {
    let batch: ElementInserts
    let index: Int

    /// The kind of Procore record that it becomes.
    public var entity: Entity { batch.entity }
    var list: QuickBooksKind { batch.list }
    var row: ElementInserts.Row { batch.rows[index] }

    /// Lends its values while something runs.
    func lend<Result>(_ body: (ElementInserts.Row, LentValues) throws -> Result) rethrows -> Result {
        try batch.values.lend { try body(batch.rows[index], $0) }
    }

    /// The text of one of its values; nil for NULL.
    func text(_ place: KeyPath<ElementInserts.Row, PackedValues.Place>) -> String? {
        lend { row, values in values[row[keyPath: place]].map { String(decoding: $0, as: UTF8.self) } }
    }

    /// Its id in QuickBooks.
    public var listID: String { text(\.listID) ?? "" }

    /// By what it will be found.
    var found: RecordHashes { row.found }

    /// By what others would be found that stand in its way: by its name.
    var sought: RecordHashes { row.sought }
}

/// New elements of a QuickBooks list, put together.
public final class ElementInserts: Sendable {
    /// What is written of one of them.
    ///
    /// More than 12 properties, since each is a value of its row.
    struct Row: Sendable {
        let listID: PackedValues.Place
        let editSequence: PackedValues.Place
        let fullName: PackedValues.Place
        let businessKey: PackedValues.Place
        let businessHash: Int64?
        let idHashes: (procore: Int64?, element: Int64)
        let shown: PackedValues.Place
        let nameKey: PackedValues.Place
        /// By which its name is searched: that of the name, and that of the business key that another one of the name may have.
        let nameHashes: (all: Int64?, own: Int64?)
        /// By which its name is found, unless its business key finds it.
        let nameHash: Int64?
        let confirmed: PackedValues.Place
        let content: PackedValues.Place
        /// Its kind on both sides, and what its history says of it.
        let entity: PackedValues.Place
        let list: PackedValues.Place
        let detail: PackedValues.Place

        fileprivate var found: RecordHashes {
            RecordHashes(id: idHashes.procore, element: idHashes.element, name: nameHash, business: businessHash)
        }

        fileprivate var sought: RecordHashes {
            RecordHashes(
                id: nil, element: idHashes.element, name: nameHashes.all, business: nil, ownName: nameHashes.own)
        }
    }

    let entity: Entity
    let list: QuickBooksKind
    let values: PackedValues
    let rows: [Row]

    /// Elements whose texts were put together elsewhere.
    /// - Parameters:
    ///   - entity: what they become.
    ///   - list: where they come from.
    ///   - packed: their texts, and where each lies.
    public init(_ entity: Entity, _ list: QuickBooksKind, _ packed: PackedImports) {
        self.entity = entity
        self.list = list
        values = PackedValues(packed.bytes)
        rows = packed.bytes.withUnsafeBytes { bytes in
            packed.places.map { Row(entity, list, $0, bytes) }
        }
    }

    fileprivate init(_ entity: Entity, _ list: QuickBooksKind, _ values: PackedValues, _ row: Row) {
        (self.entity, self.list) = (entity, list)
        self.values = values
        rows = [row]
    }

    /// How many they are.
    public var count: Int { rows.count }

    /// One of them.
    public subscript(index: Int) -> ElementInsert { ElementInsert(batch: self, index: index) }
}

extension ElementInserts.Row {
    fileprivate init(
        _ entity: Entity, _ list: QuickBooksKind, _ places: PackedImports.Places, _ bytes: UnsafeRawBufferPointer
    ) {
        let memory = { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
        listID = .init(range: places.listID)
        editSequence = .init(range: places.editSequence)
        fullName = .init(range: places.fullName)
        businessKey = .init(range: places.key)
        shown = .init(range: places.shown)
        nameKey = .init(range: places.nameKey)
        confirmed = .init(range: places.confirmed)
        content = .init(range: places.imported)
        self.entity = .init(range: places.entity)
        self.list = .init(range: places.list)
        detail = .init(range: places.detail)
        let (key, name) = (memory(places.key), memory(places.nameKey))
        let (business, own) = (Books.hash(key), Books.ownName(name))
        let isOwn = own?.elementsEqual(key) ?? false
        let all = Books.hash(name)
        businessHash = business
        nameHashes = (all: all, own: isOwn ? business : own.map { Books.hash($0) })
        idHashes = (procore: nil, element: RecordHashes.element(entity, list, memory(places.listID)))
        nameHash = isOwn ? nil : all
    }
}

extension ElementInsert {
    /// An element that Procore is to be told of at once.
    /// - Parameter record: tied to the element, with its imported content; nil otherwise.
    public init?(_ record: LedgerRecord) {
        guard let list = record.kind, let listID = record.quickBooksID, let imported = record.imported else {
            return nil
        }
        var values = PackedValues(capacity: 1_024)
        let name = record.contents.nameKey
        let row = ElementInserts.Row(
            listID: values.add(listID), editSequence: values.add(record.tie.editSequence),
            fullName: values.add(record.tie.fullName), businessKey: values.add(record.identity.businessKey),
            businessHash: record.identity.businessKey.map { Books.hash($0) },
            idHashes: (
                record.procoreID.map { Books.bytes(of: $0) { RecordHashes.id(record.entity, $0) } },
                Books.bytes(of: listID) { RecordHashes.element(record.entity, list, $0) }
            ),
            shown: values.add(record.shown), nameKey: values.add(name),
            nameHashes: (all: name.map { Books.hash($0) }, own: name.flatMap(Books.ownNameHash)),
            nameHash: Books.nameHash(name, of: record.identity.businessKey),
            confirmed: record.confirmed.map { confirmed in values.add { confirmed.encode(into: &$0) } } ?? .null,
            content: values.add { imported.encode(into: &$0) }, entity: values.add(record.entity.rawValue),
            list: values.add(list.rawValue), detail: values.add(list.rawValue + " " + listID))
        self.init(batch: ElementInserts(record.entity, list, values, row), index: 0)
    }
}

extension ElementInsert {
    /// A row that is to be written.
    struct Row {
        let insert: ElementInsert
        let file: Int
        let at: String
    }

    /// Whether another one, that is not written yet, is the same element or wants its name; as `isNew` asks of rows.
    fileprivate func isMet(by other: ElementInsert) -> Bool {
        lend { own, values in
            other.lend { others, otherValues in
                if entity == other.entity, list == other.list, let id = values[own.listID],
                    let otherID = otherValues[others.listID], id.elementsEqual(otherID)
                {
                    return true
                }
                if let all = own.nameHashes.all, others.nameHash == all { return true }
                guard let ownHash = own.nameHashes.own, ownHash == others.businessHash, let name = values[own.nameKey],
                    let otherName = otherValues[others.nameKey]
                else { return false }
                return name.elementsEqual(otherName)
            }
        }
    }

    /// Lends the values of several rows at once.
    fileprivate static func lend<Result>(
        _ rows: ArraySlice<Row>, _ body: ([LentValues]) throws -> Result
    ) rethrows -> Result {
        var lent: [LentValues] = []
        lent.reserveCapacity(rows.count)
        return try lend(rows, &lent, body)
    }

    private static func lend<Result>(
        _ rest: ArraySlice<Row>, _ lent: inout [LentValues], _ body: ([LentValues]) throws -> Result
    ) rethrows -> Result {
        guard let batch = rest.first?.insert.batch else { return try body(lent) }
        // Those that came together lie in the same memory.
        let next = rest.firstIndex { $0.insert.batch !== batch } ?? rest.endIndex
        return try batch.values.lend { values in
            for _ in rest.startIndex..<next { lent.append(values) }
            return try lend(rest[next...], &lent, body)
        }
    }
}

extension Books {
    /// Whether no record is tied to the element, and none wants its name. False also where that takes more than an index.
    public func isNew(_ insert: ElementInsert) throws -> Bool {
        if try known.areNew(insert.sought, self) { return true }
        if !pending.hasOnlyElements { try writePending() }
        if pending.elements.contains(where: { insert.isMet(by: $0.insert) }) { return false }
        let isKnown = try insert.lend { own, values in
            try firstBesidePending(
                """
                SELECT EXISTS (SELECT 1 FROM record WHERE entity = ? AND list = ? AND list_id = ?)
                    OR EXISTS (SELECT 1 FROM record WHERE name_hash = ?)
                    OR EXISTS (SELECT 1 FROM record WHERE business_hash = ? AND name_key = ?)
                """
            ) { bind in
                bind(insert.entity.rawValue)
                bind(insert.list.rawValue)
                bind(lent: values[own.listID])
                bind(own.nameHashes.all)
                bind(own.nameHashes.own)
                bind(lent: values[own.nameKey])
            } _: { row in
                row.number(0) == 1
            }
        }
        return isKnown == false
    }

    /// Writes the element, and that it was imported; Procore has been told all of it.
    public func insert(_ insert: ElementInsert, from file: Int, at: String) throws {
        if !pending.hasOnlyElements { try writePending() }
        pending.add(ElementInsert.Row(insert: insert, file: file, at: at))
        known.add(insert.found)
        try writePendingIfFull()
    }

    private static let elementRows = RowsStatement(
        into: """
            record (entity, business_key, shown, state, name_key, confirmed, imported, exported, attempts, retries, file,
                list, list_id, edit_sequence, full_name, business_hash, name_hash)
            """, row: "(?, ?, ?, 'queued', ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?)")
    private static let importedRows = RowsStatement(
        into: "event (record, file, at, kind, detail)", row: "(?, ?, ?, 'imported', ?)")

    /// Writes new elements, and that they were imported.
    func write(_ rows: [ElementInsert.Row]) throws {
        try leaveOutFullNames()
        for some in PendingInserts.portions(rows) {
            try ElementInsert.lend(some) { lent in
                try run(Self.elementRows, count: some.count) { bind in
                    for (row, values) in zip(some, lent) { Self.bind(row, values, &bind) }
                }
                // Each has the next number.
                let first = lastInsertedRowID - Int64(some.count) + 1
                try run(Self.importedRows, count: some.count) { bind in
                    for (index, row) in some.enumerated() { Self.bind(row, first + Int64(index), lent[index], &bind) }
                }
            }
        }
    }

    private static func bind(_ row: ElementInsert.Row, _ values: LentValues, _ bind: inout Binding) {
        let insert = row.insert.row
        bind(lent: values[insert.entity])
        bind(lent: values[insert.businessKey])
        bind(lent: values[insert.shown])
        bind(lent: values[insert.nameKey])
        bind(lentBytes: values[insert.confirmed])
        bind(lentBytes: values[insert.content])
        bind(asImported)
        bind(row.file)
        bind(lent: values[insert.list])
        bind(lent: values[insert.listID])
        bind(lent: values[insert.editSequence])
        bind(lent: values[insert.fullName])
        bind(insert.businessHash)
        bind(insert.nameHash)
    }

    private static func bind(_ row: ElementInsert.Row, _ record: Int64, _ values: LentValues, _ bind: inout Binding) {
        bind(record)
        bind(row.file)
        bind(row.at)
        bind(lent: values[row.insert.row.detail])
    }
}
