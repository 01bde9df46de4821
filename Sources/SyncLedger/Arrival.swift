import Domain

/// What is written of an element that QuickBooks' list shows for the first time, and that goes to Procore as it is.
public struct Arrival: Sendable {
    /// The kind of Procore record that it becomes.
    public let entity: Entity
    let list: QuickBooksKind
    let listID: String
    let editSequence: String?
    let fullName: String?
    let businessKey: String?
    let businessHash: Int64?
    let shown: String
    let nameKey: String?
    let nameHash: Int64?
    let confirmed: [UInt8]?
    let content: [UInt8]

    /// An element that Procore is to be told of at once.
    /// - Parameter record: tied to the element, with its imported content; nil otherwise.
    public init?(_ record: LedgerRecord) {
        guard let list = record.kind, let listID = record.quickBooksID, let imported = record.imported else {
            return nil
        }
        entity = record.entity
        self.list = list
        self.listID = listID
        editSequence = record.editSequence
        fullName = record.fullName
        businessKey = record.businessKey
        businessHash = record.businessKey.map(Books.hash)
        shown = record.shown
        nameKey = record.nameKey
        nameHash = record.nameKey.map(Books.hash)
        confirmed = record.confirmed?.encoded
        content = imported.encoded
    }
}

extension Books {
    /// Whether no record is tied to the element, and none wants its name. False also where that takes a closer look.
    public func isNew(_ arrival: Arrival) throws -> Bool {
        let isKnown = try first(
            """
            SELECT EXISTS (SELECT 1 FROM record WHERE entity = ? AND list = ? AND list_id = ?)
                OR EXISTS (SELECT 1 FROM record WHERE name_hash = ?)
            """
        ) { bind in
            bind(arrival.entity.rawValue)
            bind(arrival.list.rawValue)
            bind(arrival.listID)
            bind(arrival.nameHash)
        } _: { row in
            row.number(0) == 1
        }
        return isKnown == false
    }

    /// Writes an arrival, and that it was imported; Procore has been told all of it.
    public func insert(_ arrival: Arrival, from file: Int, at: String) throws {
        try run(
            """
            INSERT INTO record (entity, business_key, shown, state, name_key, confirmed, imported, exported,
                attempts, retries, file, list, list_id, edit_sequence, full_name, business_hash, name_hash
            ) VALUES (?1, ?2, ?3, 'queued', ?4, ?5, ?6, ?6, 0, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """
        ) { bind in
            bind(arrival.entity.rawValue)
            bind(arrival.businessKey)
            bind(arrival.shown)
            bind(arrival.nameKey)
            bind(arrival.confirmed)
            bind(arrival.content)
            bind(file)
            bind(arrival.list.rawValue)
            bind(arrival.listID)
            bind(arrival.editSequence)
            bind(arrival.fullName)
            bind(arrival.businessHash)
            bind(arrival.nameHash)
        }
        try note(
            "imported", record: db.lastInsertedRowID, file: file, at: at,
            detail: "\(arrival.list.rawValue) \(arrival.listID)")
    }
}
