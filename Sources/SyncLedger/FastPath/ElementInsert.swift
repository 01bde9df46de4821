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
    }
}

extension Books {
    /// Whether no record is tied to the element, and none wants its name. False also where that takes more than an index.
    public func isNew(_ insert: ElementInsert) throws -> Bool {
        let isKnown = try insert.values.lend { values in
            try first(
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
        try insert.values.lend { values in
            try run(
                """
                INSERT INTO record (entity, business_key, shown, state, name_key, confirmed, imported, exported,
                    attempts, retries, file, list, list_id, edit_sequence, full_name, business_hash, name_hash
                ) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?)
                """
            ) { bind in
                bind(lent: values[insert.names.entity])
                bind(lent: values[insert.businessKey])
                bind(lent: values[insert.shown])
                bind(lent: values[insert.nameKey])
                bind(lentBytes: values[insert.confirmed])
                bind(lentBytes: values[insert.content])
                bind(Self.asImported)
                bind(file)
                bind(lent: values[insert.names.list])
                bind(lent: values[insert.listID])
                bind(lent: values[insert.editSequence])
                bind(lent: values[insert.fullName])
                bind(insert.businessHash)
                bind(insert.nameHash)
            }
            let record = lastInsertedRowID
            try run("INSERT INTO event (record, file, at, kind, detail) VALUES (?, ?, ?, 'imported', ?)") { bind in
                bind(record)
                bind(file)
                bind(at)
                bind(lent: values[insert.names.detail])
            }
        }
    }
}
