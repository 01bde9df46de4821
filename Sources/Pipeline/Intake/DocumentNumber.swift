import Domain
import Procore
import SyncLedger

/// The number of a document that a file's name begins with: `00000240-contract_payments-response.json`.
struct DocumentNumber {
    /// As it is written.
    let written: String
    /// What follows it in the name.
    private let rest: Substring

    init?(fileName: String) {
        let digits = fileName.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { return nil }
        written = String(digits)
        rest = fileName.dropFirst(digits.count)
    }

    /// Whether it is written as the numbers of our documents are, so that it can hardly be anything else.
    private var isOurForm: Bool {
        written.utf8.count >= 6 && written.first == "0" && ["-", "_", "."].contains(rest.first)
    }

    /// The document of `outbox/procore` that the file answers; nil: none, or the name need not mean one.
    /// - Parameter first: the first element of the file; nil: it has none.
    func answered(_ first: ExportElement?, _ books: Books) throws -> LedgerDocument? {
        guard let sequence = Int(written), let document = try books.document(sequence), document.outbox == .procore
        else { return nil }
        // A whole document that QuickBooks refused, told as JSON.
        if case .record(let json, _) = first, json.has("hresult") { return nil }
        if isOurForm || rest.hasPrefix("-\(document.subject)") { return document }
        // People number and date their files too: then only what fits the document is its answer.
        switch first {
        case .syncEntity(let json, _), .syncError(let json, _): return try fits(json, document, books) ? document : nil
        case .record(let json, _):
            guard !ProcoreWords.isRefusal(json), (try? Recognition.form(of: json, hint: "")) == nil else { return nil }
            return try fits(json, document, books) ? document : nil
        case .event, nil: return nil
        }
    }

    private func fits(_ json: JSONRecord, _ document: LedgerDocument, _ books: Books) throws -> Bool {
        if case .contradicts = try SentDocument(document, books)?.fit(json) { return false }
        return true
    }

    /// What is said of a number in front that belongs to no document which Procore answers; nil where it means none.
    func stray(_ books: Books) throws -> Problem? {
        guard isOurForm else { return nil }
        let document = try Int(written).flatMap { try books.document($0) }
        guard document?.outbox != .procore else { return nil }
        return Problem(
            what: document.map {
                "The name of the file begins with \(written), which is the number of \($0.name): that is a request to "
                    + "QuickBooks, and Procore does not answer it."
            } ?? "The name of the file begins with \(written), and no document of outbox/procore has that number.",
            remedy: "Name an answer of Procore's with the number of the document that it answers in front, such as "
                + "00000017-vendors.json, and an export without a number; then drop it again.")
    }
}
