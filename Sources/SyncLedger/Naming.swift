import Domain
import Foundation
import GRDB

/// How records are found by what people call them: by part of a name or number, or by the id of one of their lines.
extension Books {
    /// SQL's `mentions(text, part)`: whether a text or content holds another text, whatever the case of its letters.
    static let mentions = DatabaseFunction("mentions", argumentCount: 2, pure: true) { values in
        guard let text = bytes(of: values[0]), let needle = bytes(of: values[1]) else { return false }
        return folded(text).holds(folded(needle))
    }

    private static func bytes(of value: DatabaseValue) -> [UInt8]? {
        switch value.storage {
        case .string(let text): Array(text.utf8)
        case .blob(let data): Array(data)
        default: nil
        }
    }

    /// Without regard to case; of text that is no ASCII as Unicode says.
    private static func folded(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 } }
        return Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
    }

    /// The fields of a header that are a name or number of the document.
    private static let nameFields = [
        "number", "title", "name", "code", "full_code", "flat_code", "invoice_number", "check_number", "own_id",
    ]

    /// The numbers of the records that have a line with this id: Procore's, as the export says it, or QuickBooks'
    /// `TxnLineID`.
    public func recordIDs(withLine id: String, limit: Int) throws -> [Int64] {
        let line = Content(lines: [.init(id, [])]).encoded
        // A budget line that came as CSV first keeps its code as its key.
        let fields = Content.encodings(of: "budget_line_item_id", id)
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT record FROM fragment WHERE instr(content, :line) > 0 OR instr(content, :field) > 0
                    OR instr(content, :written) > 0
                UNION SELECT record FROM line WHERE key = :id OR txn_line_id = :id LIMIT :limit
                """,
            arguments: [
                "line": Data(line), "field": Data(fields[0]), "written": Data(fields[1]), "id": id, "limit": limit,
            ])
    }

    /// The numbers of the records that have this name or number, or one that it is part of, whatever the case.
    public func recordIDs(partlyNamed term: String, limit: Int) throws -> (exact: [Int64], partial: [Int64]) {
        var exact: [Int64] = []
        var partial: [Int64] = []
        let wanted = term.lowercased()
        func sort(_ id: Int64, _ names: [String]) -> Bool {
            let names = names.map { $0.lowercased() }
            if names.contains(wanted) {
                exact.append(id)
            } else if partial.count < limit, names.contains(where: { $0.contains(wanted) }) {
                partial.append(id)
            }
            // One name too many is worth it only for those that are called just so.
            return exact.count < limit
        }
        let records = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, business_key, full_name, wanted FROM record WHERE mentions(business_key, :term)
                    OR mentions(full_name, :term) OR mentions(name_key, :term)
                """, arguments: ["term": term])
        while let row = try records.next() {
            let content = (row["wanted"] as Data?).map { Content(decoding: Array($0)) }
            let names: [String?] = [row["business_key"], row["full_name"], content?["Name"], content?["RefNumber"]]
            guard sort(row["id"], names.compactMap { $0 }) else { break }
        }
        let headers = try Row.fetchCursor(
            db, sql: "SELECT record, content FROM fragment WHERE name = 'header' AND mentions(content, :term)",
            arguments: ["term": term])
        while let row = try headers.next() {
            let content = Content(decoding: Array(row["content"] as Data))
            guard sort(row["record"], Self.nameFields.compactMap { content[$0] }) else { break }
        }
        return (exact, partial)
    }

    /// The file that last brought a record; nil where none did, since it comes from QuickBooks.
    public func bringer(of record: Int64) throws -> (intake: Int, name: String)? {
        let file = SQLRequest<Row>(
            literal: """
                SELECT file.intake, file.name FROM file WHERE intake = coalesce(
                    (SELECT file FROM event WHERE record = \(record) AND kind = 'read' ORDER BY id DESC LIMIT 1),
                    (SELECT born FROM record WHERE id = \(record)))
                """, cached: true)
        return try file.fetchOne(db).map { (intake: $0["intake"], name: $0["name"]) }
    }
}

extension [UInt8] {
    /// Whether another text stands somewhere in it.
    fileprivate func holds(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        return withUnsafeBufferPointer { bytes in
            needle.withUnsafeBufferPointer { needle in
                var start = 0
                while start + needle.count <= bytes.count {
                    if bytes[start] == first, bytes[start..<start + needle.count].elementsEqual(needle) { return true }
                    start += 1
                }
                return false
            }
        }
    }
}
