/// One row of a CSV file.
public struct CSVRow: Sendable {
    /// The line on which it begins, from 1.
    public let line: Int
    /// The row's number below the header, from 1.
    public let ordinal: Int
    /// The fields exactly as written, without their quotes.
    public let fields: [String]
    /// The row as it stood in the file, with its end.
    public let raw: [UInt8]
    let columns: [String: Int]

    /// The text below a header, without white space at its ends; nil where it is empty or there is no such column.
    /// Upper and lower case do not matter.
    public subscript(_ header: String) -> String? {
        guard let index = columns[header.lowercased()], index < fields.count else { return nil }
        let text = fields[index].drop { $0 == " " || $0 == "\t" }
        let end = text.lastIndex { $0 != " " && $0 != "\t" }
        guard let end else { return nil }
        return String(text[...end])
    }
}
