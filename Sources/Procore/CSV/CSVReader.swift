import Domain

/// Reads CSV row by row: RFC 4180 with commas, semicolons or tabs, any row ends, and every encoding that `TextSource`
/// reads.
///
/// Memory holds one row.
public struct CSVReader {
    private var buffer: ExportBuffer
    private let limits: ReadingLimits
    private var separator: UInt8?
    private var columns: [String: Int] = [:]
    private var spans: [CSVField] = []
    private var line = 1
    private var ordinal = 0
    /// The headers, without white space at their ends; empty before `readHeader`.
    public private(set) var header: [String] = []
    /// The header row as it stood in the file, with its end; empty before `readHeader`. Where spreadsheets need a
    /// byte-order mark to know UTF-8, it begins with one: the file had a mark, or was UTF-16.
    public private(set) var rawHeader: [UInt8] = []

    /// A reader of a CSV file.
    public init(_ source: any ByteSource, limits: ReadingLimits = ReadingLimits()) {
        buffer = ExportBuffer(source, limits: limits)
        self.limits = limits
    }

    /// Reads the first row that is not empty.
    /// - Throws: a `Problem` where there is none, or a header stands twice.
    public mutating func readHeader() throws -> [String] {
        guard header.isEmpty else { return header }
        guard let row = try nextFilledRow() else {
            throw Problem(
                what: "The file is empty: there is no header row.", remedy: "Export it again and drop the new file.")
        }
        let needsMark = buffer.source.hadMark || buffer.source.isUTF16
        rawHeader = (needsMark ? [0xef, 0xbb, 0xbf] : []) + raw(row)
        header = try fields(of: row).map(\.trimmingSpaces)
        for (index, name) in header.enumerated() where !name.isEmpty {
            guard columns.updateValue(index, forKey: name.lowercased()) == nil else {
                throw Problem(
                    field: name, what: "The column \(name) stands twice in the header.",
                    remedy: "Give each column its own name, save the file as CSV, and drop it again.")
            }
        }
        return header
    }

    /// The next row with at least one field that is not empty; nil once the file has been read to its end.
    /// - Throws: a `Problem` that names the line; nothing of the file counts then.
    public mutating func next() throws -> CSVRow? {
        _ = try readHeader()
        guard let row = try nextFilledRow() else { return nil }
        let fields = try fields(of: row)
        if fields.count > header.count, fields[header.count...].contains(where: { !$0.isEmpty }) {
            throw Problem(
                what: "Line \(row.line) has \(fields.count) fields, and the header has \(header.count).",
                remedy: "A text with a \(separatorName) in it has to stand in quotes: save the sheet as CSV again, "
                    + "and drop the new file.")
        }
        ordinal += 1
        return CSVRow(line: row.line, ordinal: ordinal, fields: fields, raw: raw(row), columns: columns)
    }

    private var separatorName: String {
        switch separator {
        case UInt8(ascii: ";"): "semicolon"
        case 0x09: "tab"
        default: "comma"
        }
    }

    // MARK: - Rows

    private struct Row {
        var line: Int
        var raw: [UInt8]
        var isASCII: Bool
    }

    /// The next row that is not empty; its fields are in `spans`, counted from its start.
    private mutating func nextFilledRow() throws -> Row? {
        while try buffer.peek() != nil {
            let row = try nextRow()
            if isFilled(row.raw) { return row }
            // What stands in the first row that is not empty decides.
            if header.isEmpty { separator = nil }
        }
        return nil
    }

    private func isFilled(_ raw: [UInt8]) -> Bool {
        spans.contains { span in raw[span.start..<span.end].contains { $0 != 0x20 && $0 != 0x09 } }
    }

    private mutating func nextRow() throws -> Row {
        while true {
            let start = buffer.position
            var spans: [CSVField] = []
            swap(&spans, &self.spans)
            let outcome = buffer.withBytes { [separator, isEnd = buffer.isEnd] bytes in
                CSVScanner.scan(
                    UnsafeBufferPointer(rebasing: bytes[start...]), at: 0, isEnd: isEnd, separator: separator,
                    fields: &spans)
            }
            swap(&spans, &self.spans)
            switch outcome {
            case .row(let length, let lines, let isASCII):
                guard length <= limits.recordBytes else { throw tooLong() }
                let raw = buffer.copy(start..<start + length)
                if separator == nil {
                    decideSeparator(raw)
                    continue
                }
                buffer.position += length
                defer { line += lines }
                return Row(line: line, raw: raw, isASCII: isASCII)
            case .needsMore:
                guard buffer.available <= limits.recordBytes else { throw tooLong() }
                try buffer.fill()
            case .openQuote(let lines):
                throw Problem(
                    what: "A quote that opens in line \(line + lines) never closes: "
                        + "the file was probably not copied completely.",
                    remedy: "Export it again and drop the new file.")
            case .textAfterQuote(let lines):
                throw Problem(
                    what: "In line \(line + lines), field \(self.spans.count), text follows the closing quote.",
                    remedy: "A quote inside a text has to be doubled: save the sheet as CSV again, "
                        + "and drop the new file.")
            case .zeroByte(let lines):
                throw Problem(
                    what: "Line \(line + lines) holds a zero byte: the file is no text.",
                    remedy: "Save the sheet as CSV again, and drop the new file.")
            }
        }
    }

    /// The separator is what stands most often behind the headers; a comma where none stands.
    private mutating func decideSeparator(_ raw: [UInt8]) {
        var counts = (comma: 0, semicolon: 0, tab: 0)
        for span in spans {
            // A field in quotes ends before its closing quote.
            let isQuoted = span.start > 0 && raw[span.start - 1] == 0x22
            let index = span.end + (isQuoted ? 1 : 0)
            guard index < raw.count else { continue }
            switch raw[index] {
            case UInt8(ascii: ","): counts.comma += 1
            case UInt8(ascii: ";"): counts.semicolon += 1
            case 0x09: counts.tab += 1
            default: break
            }
        }
        if counts.comma >= max(counts.semicolon, counts.tab) {
            separator = UInt8(ascii: ",")
        } else {
            separator = counts.semicolon >= counts.tab ? UInt8(ascii: ";") : 0x09
        }
    }

    private func tooLong() -> Problem {
        Problem(
            what: "The row in line \(line) is longer than \(limits.recordBytes) bytes: a quote is probably missing.",
            remedy: "Save the sheet as CSV again, and drop the new file.")
    }

    // MARK: - Fields

    private func fields(of row: Row) throws -> [String] {
        if !row.isASCII, String(validating: row.raw, as: UTF8.self) == nil { throw otherEncoding(row) }
        return row.raw.withUnsafeBufferPointer { raw in
            spans.map { span in
                let written = UnsafeBufferPointer(rebasing: raw[span.start..<span.end])
                guard span.hasDoubledQuotes else { return String(decoding: written, as: UTF8.self) }
                var single: [UInt8] = []
                single.reserveCapacity(written.count)
                var isFirst = false
                for byte in written {
                    isFirst = byte == 0x22 && !isFirst
                    if byte != 0x22 || isFirst { single.append(byte) }
                }
                return String(decoding: single, as: UTF8.self)
            }
        }
    }

    /// The row's bytes in the encoding of the file, where that has a byte for each character; else as UTF-8.
    private func raw(_ row: Row) -> [UInt8] {
        row.isASCII || !buffer.source.isWindows1252 ? row.raw : Windows1252.encode(row.raw)
    }

    private func otherEncoding(_ row: Row) -> Problem {
        Problem(
            what: "Line \(row.line) is written in another encoding than the lines before it.",
            remedy: "Open the file in a spreadsheet, correct the garbled characters, save it as CSV UTF-8, "
                + "and drop it again.")
    }
}

extension String {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmingSpaces: String {
        let text = drop { $0 == " " || $0 == "\t" }
        guard let end = text.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(text[...end])
    }
}
