import Domain

/// What is written of an element that QuickBooks' list shows for the first time, and that goes to Procore as it is.
///
/// More than 12 properties, since each is a value of its row.
public final class ElementInsert: Sendable {
    /// The kind of Procore record that it becomes.
    public let entity: Entity
    let values: PackedValues
    let list: QuickBooksKind
    let listID: PackedValues.Place
    let editSequence: PackedValues.Place
    let fullName: PackedValues.Place
    let businessKey: PackedValues.Place
    let businessHash: Int64?
    private let idHashes: (procore: Int64?, element: Int64)
    let shown: PackedValues.Place
    let nameKey: PackedValues.Place
    /// By which its name is searched: that of the name, and that of the business key that another one of the name may have.
    let nameHashes: (all: Int64?, own: Int64?)
    /// By which its name is found, unless its business key finds it.
    let nameHash: Int64?
    let confirmed: PackedValues.Place
    let content: PackedValues.Place
    /// Its kind on both sides, and what its history says of it.
    let names: (entity: PackedValues.Place, list: PackedValues.Place, detail: PackedValues.Place)

    /// An element that Procore is to be told of at once.
    /// - Parameter record: tied to the element, with its imported content; nil otherwise.
    public init?(_ record: LedgerRecord) {
        guard let list = record.kind, let listID = record.quickBooksID, let imported = record.imported else {
            return nil
        }
        entity = record.entity
        self.list = list
        var values = PackedValues(capacity: 1_024)
        self.listID = values.add(listID)
        editSequence = values.add(record.tie.editSequence)
        fullName = values.add(record.tie.fullName)
        businessKey = values.add(record.identity.businessKey)
        businessHash = record.identity.businessKey.map { Books.hash($0) }
        shown = values.add(record.shown)
        nameKey = values.add(record.contents.nameKey)
        let name = record.contents.nameKey
        nameHashes = (all: name.map { Books.hash($0) }, own: name.flatMap(Books.ownNameHash))
        nameHash = Books.nameHash(name, of: record.identity.businessKey)
        confirmed = record.confirmed.map { confirmed in values.add { confirmed.encode(into: &$0) } } ?? .null
        content = values.add { imported.encode(into: &$0) }
        names = (
            values.add(record.entity.rawValue), values.add(list.rawValue), values.add(list.rawValue + " " + listID)
        )
        self.values = values
        idHashes = (
            record.procoreID.map { Books.bytes(of: $0) { RecordHashes.id(record.entity, $0) } },
            Books.bytes(of: listID) { RecordHashes.element(record.entity, list, $0) }
        )
    }

    /// An element whose texts were put together elsewhere.
    /// - Parameters:
    ///   - entity: what it becomes.
    ///   - list: where it comes from.
    ///   - packed: its texts, and where each lies.
    public init(_ entity: Entity, _ list: QuickBooksKind, _ packed: PackedImport) {
        let places = packed.places
        self.entity = entity
        self.list = list
        values = PackedValues(packed.bytes)
        listID = .init(range: places.listID)
        editSequence = .init(range: places.editSequence)
        fullName = .init(range: places.fullName)
        businessKey = .init(range: places.key)
        shown = .init(range: places.shown)
        nameKey = .init(range: places.nameKey)
        confirmed = .init(range: places.confirmed)
        content = .init(range: places.imported)
        names = (.init(range: places.entity), .init(range: places.list), .init(range: places.detail))
        let isOwn: Bool
        (businessHash, nameHashes, isOwn, idHashes) = packed.bytes.withUnsafeBytes { bytes in
            let memory = { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
            let (key, name) = (memory(places.key), memory(places.nameKey))
            let (business, own) = (Books.hash(key), Books.ownName(name))
            let isOwn = own?.elementsEqual(key) ?? false
            return (
                business, (all: Books.hash(name), own: isOwn ? business : own.map { Books.hash($0) }), isOwn,
                (procore: nil, element: RecordHashes.element(entity, list, memory(places.listID)))
            )
        }
        nameHash = isOwn ? nil : nameHashes.all
    }

    /// By what it will be found.
    var found: RecordHashes {
        RecordHashes(id: idHashes.procore, element: idHashes.element, name: nameHash, business: businessHash)
    }

    /// By what others would be found that stand in its way: by its name.
    var sought: RecordHashes {
        RecordHashes(
            id: nil, element: idHashes.element, name: nameHashes.all, business: nil, ownName: nameHashes.own)
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
        values.lend { own in
            other.values.lend { others in
                if entity == other.entity, list == other.list, let id = own[listID], let otherID = others[other.listID],
                    id.elementsEqual(otherID)
                {
                    return true
                }
                if let all = nameHashes.all, other.nameHash == all { return true }
                guard let ownHash = nameHashes.own, ownHash == other.businessHash, let name = own[nameKey],
                    let otherName = others[other.nameKey]
                else { return false }
                return name.elementsEqual(otherName)
            }
        }
    }
}

extension Books {
    /// Whether no record is tied to the element, and none wants its name. False also where that takes more than an index.
    public func isNew(_ insert: ElementInsert) throws -> Bool {
        if try known.areNew(insert.sought, self) { return true }
        if !pending.hasOnlyElements { try writePending() }
        if pending.elements.contains(where: { insert.isMet(by: $0.insert) }) { return false }
        let isKnown = try insert.values.lend { values in
            try firstBesidePending(
                """
                SELECT EXISTS (SELECT 1 FROM record WHERE entity = ? AND list = ? AND list_id = ?)
                    OR EXISTS (SELECT 1 FROM record WHERE name_hash = ?)
                    OR EXISTS (SELECT 1 FROM record WHERE business_hash = ? AND name_key = ?)
                """
            ) { bind in
                bind(insert.entity.rawValue)
                bind(insert.list.rawValue)
                bind(lent: values[insert.listID])
                bind(insert.nameHashes.all)
                bind(insert.nameHashes.own)
                bind(lent: values[insert.nameKey])
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
        for some in PendingInserts.portions(rows) {
            try PackedValues.lend(some.map(\.insert.values)) { lent in
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
        let insert = row.insert
        bind(lent: values[insert.names.entity])
        bind(lent: values[insert.businessKey])
        bind(lent: values[insert.shown])
        bind(lent: values[insert.nameKey])
        bind(lentBytes: values[insert.confirmed])
        bind(lentBytes: values[insert.content])
        bind(asImported)
        bind(row.file)
        bind(lent: values[insert.names.list])
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
        bind(lent: values[row.insert.names.detail])
    }
}
