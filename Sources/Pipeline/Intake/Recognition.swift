import Converters
import Domain
import Procore

/// What kind of records a file holds: told by its content, with its folder and name as a hint.
enum Recognition {
    /// The shape of a file, from its first bytes.
    enum Format: Equatable {
        case json
        case xml
        case csv
        /// The two lines that say why QuickBooks refused a whole document.
        case refusal
        /// A web page (HTML), which somebody saved in place of an export.
        case webPage
        /// Nothing that Plumbline reads.
        case unknown(String)
    }

    /// The format that the first bytes of a file show, in whatever encoding.
    static func format(of head: [UInt8], name: String) -> Format {
        let bytes = TextSource.beginning(of: head)
        if bytes.starts(with: [0x50, 0x4b, 3, 4]) {
            return .unknown("It is a ZIP or Excel file; in Excel, save the sheet as CSV.")
        }
        if bytes.starts(with: Array("%PDF".utf8)) {
            return .unknown("It is a PDF; export the records as JSON or CSV.")
        }
        if bytes.contains(0) { return .unknown("It is not text.") }
        guard let first = bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) else {
            return hasLines(name) ? .json : .unknown("It holds nothing but white space.")
        }
        let isError = name.lowercased().hasSuffix(".error.txt") && first != UInt8(ascii: "{")
        if isError || bytes.starts(with: Array("hresult=".utf8)) { return .refusal }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return .json
        case UInt8(ascii: "<"): return isWebPage(bytes) ? .webPage : .xml
        default: break
        }
        let line = bytes.prefix { $0 != 0x0a && $0 != 0x0d }
        if line.contains(where: { [0x2c, 0x3b, 0x09].contains($0) }) { return .csv }
        return .unknown("It is neither JSON nor CSV nor XML.")
    }

    /// Whether a file's name says that it holds an object a line, of which there may be none.
    static func hasLines(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl")
    }

    /// Whether a document that begins with `<` is HTML: by its first element, behind a declaration and comments.
    private static func isWebPage(_ bytes: [UInt8]) -> Bool {
        var rest = String(decoding: bytes.prefix(4_096), as: UTF8.self).lowercased()[...]
        while true {
            rest = rest.drop(while: \.isWhitespace)
            let closing: String
            if rest.hasPrefix("<!--") { closing = "-->" } else if rest.hasPrefix("<?") { closing = "?>" } else { break }
            guard let end = rest.firstRange(of: closing)?.upperBound else { return false }
            rest = rest[end...]
        }
        return webPageStarts.contains { rest.hasPrefix($0) }
    }

    private static let webPageStarts = [
        "<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<center", "<h1",
    ]

    /// How a JSON file is read, by one of its records and, where that does not tell, by its path below the inbox.
    ///
    /// Source: Procore's REST schemas; the keys that tell one from another stand with the converters.
    static func form(of record: JSONRecord, hint: String) throws(Problem) -> ExportForm {
        if let request = requests.first(where: { $0.allSatisfy(record.has) }), !record.has("id") {
            throw Problem(
                what: "The file is a request to Procore (\(request.joined(separator: ", "))), and no export.",
                remedy: "Drop what Procore exports or answers; requests to Procore are written to outbox/procore.")
        }
        let path = hint.lowercased()
        if let export = Registry.exports.first(where: { $0.isRecognised(record, path: path) }) {
            return try export.form.get()
        }
        throw Problem(
            what:
                "Nothing in the file tells what its records are (fields: \(record.keys.prefix(8).joined(separator: ", "))).",
            remedy:
                "Name the file after what it holds, such as vendors.json, projects.json or cost_codes.json, and drop it again."
        )
    }

    /// Bodies of requests to Procore, by their keys.
    private static let requests: [[String]] = [
        ["company_id", "updates"], ["company_id", "project"], ["company_id", "vendor"],
        ["contract_id", "contract_payment"],
        ["updates"], ["request", "idempotency_key"],
    ]

    /// How a CSV file is read, by its header.
    static func form(ofHeader header: [String]) throws(Problem) -> ExportForm {
        if let export = Registry.exports.first(where: { $0.isRecognised(columns: header) }) {
            return try export.form.get()
        }
        throw Problem(
            what:
                "The columns (\(header.prefix(8).joined(separator: ", "))) are those of no list that Plumbline converts.",
            remedy:
                "Companies need the company import template's columns, cost codes the columns Code and Description, "
                + "a budget those of its export; everything else comes as JSON."
        )
    }

    /// The array that an ERP event carries its records in.
    static func eventRecords(_ data: JSONRecord) throws(Problem) -> (Entity, [JSONRecord])? {
        for converter in Registry.lists {
            for list in converter.eventLists {
                if let records = try data.records(list) { return (converter.entity, records) }
            }
        }
        return nil
    }
}
