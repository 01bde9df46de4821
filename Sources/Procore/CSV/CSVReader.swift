import Domain

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

/// Reads CSV row by row: RFC 4180 with commas, semicolons or tabs, any row ends, a byte order mark, and UTF-8 or
/// Windows-1252.
///
/// Memory holds one row. The first row with other than ASCII characters tells the encoding; one that contradicts it
/// later makes the file a mixture, which is refused.
public struct CSVReader {
    private enum Encoding {
        case undecided, utf8, windows1252
    }

    private var buffer: ExportBuffer
    private let limits: ReadingLimits
    private var encoding = Encoding.undecided
    private var separator: UInt8 = 0x2c
    private var columns: [String: Int] = [:]
    private var ordinal = 0
    /// The headers, without white space at their ends; empty before `readHeader`.
    public private(set) var header: [String] = []
    /// The header row as it stood in the file, with its end; empty before `readHeader`.
    public private(set) var rawHeader: [UInt8] = []

    /// A reader of a CSV file.
    public init(_ source: any ByteSource, limits: ReadingLimits = ReadingLimits()) {
        buffer = ExportBuffer(source)
        self.limits = limits
    }

    /// Reads the first row that is not empty.
    /// - Throws: a `Problem` where there is none, or a header stands twice.
    public mutating func readHeader() throws -> [String] {
        guard header.isEmpty else { return header }
        while buffer.available < 3, !buffer.isEnd { try buffer.fill() }
        if buffer.bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            buffer.position = 3
            encoding = .utf8
        }
        guard let span = try nextSpan(decideSeparator: true) else {
            throw Problem(what: "The file is empty: there is no header row.", remedy: "Export it again and drop the new file.")
        }
        rawHeader = span.raw
        header = try fields(of: span).map { $0.trimmingSpaces }
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
        guard let span = try nextSpan(decideSeparator: false) else { return nil }
        let fields = try fields(of: span)
        if fields.count > header.count, fields[header.count...].contains(where: { !$0.isEmpty }) {
            throw Problem(
                what: "Line \(span.line) has \(fields.count) fields, and the header has \(header.count).",
                remedy: "A text with a \(separator == 0x2c ? "comma" : "separator") in it has to stand in quotes: "
                    + "save the sheet as CSV again, and drop the new file.")
        }
        ordinal += 1
        return CSVRow(line: span.line, ordinal: ordinal, fields: fields, raw: span.raw, columns: columns)
    }

    // MARK: - Rows

    private struct Span {
        var line: Int
        var raw: [UInt8]
    }

    /// The bytes of the next row that is not empty.
    private mutating func nextSpan(decideSeparator: Bool) throws -> Span? {
        while true {
            guard try buffer.peek() != nil else { return nil }
            let end = try rowEnd(decideSeparator: decideSeparator)
            let start = buffer.position
            let line = buffer.lineAndColumn(at: start).line
            let raw = Array(buffer.bytes[start..<end])
            buffer.position = end
            let empty: (UInt8) -> Bool = { [separator] in $0 == separator || [0x20, 0x09, 0x0d, 0x0a, 0x22].contains($0) }
            if !raw.allSatisfy(empty) { return Span(line: line, raw: raw) }
        }
    }

    /// The position behind the row at hand, its end included; the row lies in the buffer then.
    private mutating func rowEnd(decideSeparator: Bool) throws -> Int {
        while true {
            var counts: [UInt8: Int] = [:]
            var isQuoted = false
            var atStart = true
            var index = buffer.position
            while index < buffer.bytes.count {
                let byte = buffer.bytes[index]
                if isQuoted {
                    if byte == 0x22 { isQuoted = false }
                } else if byte == 0x22, atStart || (index > buffer.position && buffer.bytes[index - 1] == 0x22) {
                    isQuoted = true
                } else if byte == 0x0a {
                    if decideSeparator { decide(counts) }
                    return index + 1
                } else if byte == 0x0d {
                    // Only what follows tells a CRLF from a CR.
                    if index + 1 == buffer.bytes.count, !buffer.isEnd { break }
                    if decideSeparator { decide(counts) }
                    let isPair = index + 1 < buffer.bytes.count && buffer.bytes[index + 1] == 0x0a
                    return index + (isPair ? 2 : 1)
                } else if byte == 0 {
                    throw Problem(
                        what: "Line \(buffer.lineAndColumn(at: index).line) holds a zero byte: the file is no text.",
                        remedy: "Save the sheet as CSV again, and drop the new file.")
                } else if [0x2c, 0x3b, 0x09].contains(byte) {
                    counts[byte, default: 0] += 1
                }
                atStart = !isQuoted && (decideSeparator ? [0x2c, 0x3b, 0x09].contains(byte) : byte == separator)
                index += 1
            }
            if buffer.isEnd, index == buffer.bytes.count {
                if isQuoted {
                    throw Problem(
                        what: "A quote that opens in line \(buffer.lineAndColumn(at: buffer.position).line) never closes: "
                            + "the file was probably not copied completely.",
                        remedy: "Export it again and drop the new file.")
                }
                if decideSeparator { decide(counts) }
                return index
            }
            guard buffer.available <= limits.recordBytes else {
                throw Problem(
                    what: "The row in line \(buffer.lineAndColumn(at: buffer.position).line) is longer than "
                        + "\(limits.recordBytes) bytes: a quote is probably missing.",
                    remedy: "Save the sheet as CSV again, and drop the new file.")
            }
            try buffer.fill()
        }
    }

    /// The separator is what stands most often between the headers; a comma where none stands.
    private mutating func decide(_ counts: [UInt8: Int]) {
        separator = [0x2c, 0x3b, 0x09].max { counts[$0, default: 0] < counts[$1, default: 0] } ?? 0x2c
        if counts[separator, default: 0] == 0 { separator = 0x2c }
    }

    // MARK: - Fields

    private mutating func fields(of span: Span) throws -> [String] {
        try decideEncoding(span)
        var bytes = span.raw[...]
        if bytes.last == 0x0a { bytes.removeLast() }
        if bytes.last == 0x0d { bytes.removeLast() }
        var fields: [String] = []
        var index = bytes.startIndex
        while true {
            var field: [UInt8] = []
            if index < bytes.endIndex, bytes[index] == 0x22 {
                index += 1
                while index < bytes.endIndex {
                    if bytes[index] != 0x22 {
                        field.append(bytes[index])
                        index += 1
                    } else if index + 1 < bytes.endIndex, bytes[index + 1] == 0x22 {
                        field.append(0x22)
                        index += 2
                    } else {
                        break
                    }
                }
                index += 1
                guard index >= bytes.endIndex || bytes[index] == separator else {
                    throw Problem(
                        what: "In line \(span.line), field \(fields.count + 1), text follows the closing quote.",
                        remedy: "A quote inside a text has to be doubled: save the sheet as CSV again, and drop the new file.")
                }
            } else {
                while index < bytes.endIndex, bytes[index] != separator {
                    field.append(bytes[index])
                    index += 1
                }
            }
            fields.append(text(field))
            guard index < bytes.endIndex else { return fields }
            index += 1
        }
    }

    private mutating func decideEncoding(_ span: Span) throws {
        guard span.raw.contains(where: { $0 >= 0x80 }) else { return }
        let isUTF8 = String(validating: span.raw, as: UTF8.self) != nil
        switch encoding {
        case .undecided: encoding = isUTF8 ? .utf8 : .windows1252
        case .utf8 where isUTF8, .windows1252 where !isUTF8: break
        default:
            throw Problem(
                what: "Line \(span.line) is written in another encoding than the lines before it.",
                remedy: "Open the file in a spreadsheet, correct the garbled characters, save it as CSV UTF-8, and drop it again.")
        }
    }

    private func text(_ bytes: [UInt8]) -> String {
        guard encoding == .windows1252 else { return String(decoding: bytes, as: UTF8.self) }
        var scalars = String.UnicodeScalarView()
        for byte in bytes { scalars.append(windows1252(byte)) }
        return String(scalars)
    }
}

/// The character of a Windows-1252 byte. Source: the WHATWG Encoding Standard's index windows-1252.
private func windows1252(_ byte: UInt8) -> Unicode.Scalar {
    guard (0x80...0x9f).contains(byte) else { return Unicode.Scalar(byte) }
    let special: [UInt32] = [
        0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d,
        0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d,
        0x17e, 0x178,
    ]
    return Unicode.Scalar(special[Int(byte - 0x80)]) ?? Unicode.Scalar(byte)
}

extension String {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmingSpaces: String {
        let text = drop { $0 == " " || $0 == "\t" }
        guard let end = text.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(text[...end])
    }
}
