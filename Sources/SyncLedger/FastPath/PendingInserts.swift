/// New rows that are not written yet: those of a first import are written some at a time, in one statement for all of their
/// records and others for what comes with them.
///
/// Nothing else sees that they are late: whatever else is done with the ledger has them written first, except the question
/// whether an element is new, which looks at them here.
final class PendingInserts {
    /// So many rows are written in one statement.
    static let together = 25
    /// So many new records: for each statement that writes their requests, SQLite notes the pages that it changes.
    static let recordsTogether = 100

    private(set) var records: [RecordInsert.Row] = []
    private(set) var elements: [ElementInsert.Row] = []
    private(set) var documents: [DocumentInsert.Row] = []

    var isEmpty: Bool { records.isEmpty && elements.isEmpty && documents.isEmpty }
    // Rows are written in the order in which they came: those of one kind wait only for each other.
    var hasOnlyRecords: Bool { elements.isEmpty && documents.isEmpty }
    var hasOnlyElements: Bool { records.isEmpty && documents.isEmpty }
    var hasOnlyDocuments: Bool { records.isEmpty && elements.isEmpty }
    var isFull: Bool {
        records.count == Self.recordsTogether || elements.count == Self.together || documents.count == Self.together
    }

    func add(_ row: RecordInsert.Row) { records.append(row) }

    func add(_ row: ElementInsert.Row) { elements.append(row) }

    func add(_ row: DocumentInsert.Row) { documents.append(row) }

    /// Rows as they are written: so many in one statement as long as there are enough, and each of the rest in its own.
    static func portions<Row>(_ rows: [Row], of together: Int = together) -> [ArraySlice<Row>] {
        let full = rows.count - rows.count % together
        return stride(from: 0, to: full, by: together).map { rows[$0..<$0 + together] }
            + (full..<rows.count).map { rows[$0...$0] }
    }

    /// Forgets them all: they are written now, or what they belong to was taken back.
    func removeAll() {
        records.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
        documents.removeAll(keepingCapacity: true)
    }
}

extension Books {
    /// So many new rows are written in one statement.
    public static var rowsTogether: Int { PendingInserts.together }

    /// Writes the rows that wait for others.
    func writePending() throws {
        guard !pending.isEmpty else { return }
        let (records, elements, documents) = (pending.records, pending.elements, pending.documents)
        pending.removeAll()
        try write(records)
        try write(elements)
        try write(documents)
    }

    /// Writes those that wait, if there are as many as are written together.
    func writePendingIfFull() throws {
        if pending.isFull { try writePending() }
    }
}

/// A statement that writes rows of one table: one, or as many as are written together.
struct RowsStatement {
    /// What stands before the last row.
    let beginnings: (one: String, together: String)
    /// A row.
    let row: StaticString

    /// - Parameters:
    ///   - table: with its columns, as in `event (record, file)`.
    ///   - row: of question marks and constants, in parentheses. Its text must be like no other statement's.
    ///   - together: how many are written together.
    init(into table: String, row: StaticString, together: Int = PendingInserts.together) {
        // OR FAIL: should one of them be refused, all of the transaction or its savepoint is taken back anyway. Else SQLite
        // would write down each page before it changes it, to take back those before.
        beginnings = (
            one: "INSERT INTO \(table) VALUES ",
            together: "INSERT OR FAIL INTO \(table) VALUES "
                + String(repeating: "\(row), ", count: together - 1)
        )
        self.row = row
    }
}
