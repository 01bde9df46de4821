import GRDB
import QBXML

/// What is remembered of something that was deleted.
struct DeletedRecord {
    /// Whether it stood in a list or was a transaction, as its elements begin: `List`, `Txn`.
    enum What: String {
        case list = "List"
        case txn = "Txn"

        /// The name of the element with its label.
        var label: String { self == .list ? "FullName" : "RefNumber" }
        /// The name of the element with its id.
        var id: String { rawValue + "ID" }
    }

    let what: What
    let kind: String
    let id: String
    /// Its full name, or its number.
    let label: String
    let created: Int
    var deleted = 0
}

extension CompanyFile {
    /// Remembers what is deleted now; returns it with its time.
    func bury(_ record: DeletedRecord) throws -> DeletedRecord {
        var record = record
        record.deleted = try tick()
        try db.execute(
            sql: "INSERT INTO deleted (what, kind, id, label, created, deleted) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                record.what.rawValue, record.kind, record.id, record.label, record.created, record.deleted,
            ])
        return record
    }

    /// What was deleted, in that order.
    func buried(_ what: DeletedRecord.What) throws -> [DeletedRecord] {
        let sql = "SELECT * FROM deleted WHERE what = ? ORDER BY number"
        return try Row.fetchAll(db, sql: sql, arguments: [what.rawValue]).map { row in
            DeletedRecord(
                what: what, kind: row["kind"], id: row["id"], label: row["label"], created: row["created"],
                deleted: row["deleted"])
        }
    }

    /// Takes a record out of its list.
    func delete(_ record: ListRecord) throws {
        try db.execute(sql: "DELETE FROM record WHERE number = ?", arguments: [record.number])
    }

    /// Whether something stands below a record, or names it: another record, a transaction, a discount.
    func isUsed(_ record: ListRecord) throws -> Bool {
        if try depth(below: record) > 0 { return true }
        let discounts = try txns().flatMap { try applied(by: $0) }.map(\.fields)
        let heads = try records().map(\.fields) + txns().flatMap { [$0.fields] + $0.lines.map(\.fields) }
        return (heads + discounts).contains { Self.names(record, $0) }
    }

    private static func names(_ record: ListRecord, _ fields: Element) -> Bool {
        fields.children.contains { child in
            if child.name.hasSuffix("Ref"), ReferenceTarget(child.name).list == record.list,
                child["ListID"] == record.listID
            {
                return true
            }
            return names(record, child)
        }
    }
}
