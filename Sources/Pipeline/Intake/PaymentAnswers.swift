import Domain
import Procore
import SyncLedger

/// Payments that Plumbline made in Procore, as Procore shows them: in its answer, or in an export later on. They came from
/// QuickBooks, and never go back there.
struct PaymentAnswers {
    let work: Work
    /// The document that a file answers, where its name begins with the number of one.
    private let document: LedgerDocument?

    init(_ work: Work, fileName: String) throws {
        self.work = work
        let number = Int(fileName.prefix { $0.isASCII && $0.isNumber })
        document = try number.flatMap { try work.books.document($0) }.flatMap {
            $0.outbox == .procore && $0.entity == .contractPayments ? $0 : nil
        }
    }

    /// Takes a payment of Procore's; says whether it is one that came from QuickBooks.
    func take(_ key: RecordKey, _ header: Content) throws -> Bool {
        if let known = try work.books.record(key), known.imported != nil {
            work.receipt.count(known.entity, .unchanged)
            if let document { try work.books.markAnswered(document.sequence, by: work.intake ?? 0) }
            return true
        }
        guard let origin = try header["origin_id"] ?? documentOrigin(),
            var record = try work.books.imported(.contractPayments, origin), record.procoreID == nil
        else { return false }
        record.procoreID = key.procoreID
        record.shown = key.shown
        record.file = work.intake ?? record.file
        record.state = .released
        try work.books.update(record)
        try work.note("linked", record, "Procore \(key.procoreID)")
        work.receipt.count(record.entity, .linked)
        if let document { try work.books.markAnswered(document.sequence, by: work.intake ?? 0) }
        return true
    }

    /// Takes Procore's refusal of a payment, in a file that is named after its document; says whether it is one.
    func refused(_ json: JSONRecord) throws -> Bool {
        guard let document, !json.has("id"), json.has("errors") || json.has("error") || json.has("message") else {
            return false
        }
        guard var record = try record(of: document), record.imported != nil else { return false }
        let said = try message(json)
        work.receipt.direction = .toProcore
        record.state = .failed
        record.reason = "Procore refused it: \(said)"
        record.remedy = "Mend what Procore names; then run plumbline retry --failed."
        // So that the next response tells Procore again.
        record.exported = record.procoreID == nil ? nil : Content()
        record.file = work.intake ?? record.file
        try work.books.update(record)
        try work.note("refused by Procore", record, said)
        try work.books.markAnswered(document.sequence, by: work.intake ?? 0)
        work.receipt.count(record.entity, .failed)
        work.receipt.add(
            Problem(record: record.shown, what: record.reason ?? "", remedy: record.remedy ?? ""))
        return true
    }

    private func message(_ json: JSONRecord) throws -> String {
        if let errors = try json.record("errors") {
            return errors.keys.map { key in
                let texts = (try? errors.strings(key)) ?? (try? errors.text(key)).flatMap { $0 }.map { [$0] }
                return "\(key): \(texts?.joined(separator: ", ") ?? "refused")"
            }.joined(separator: "; ")
        }
        for key in ["errors", "error", "message"] {
            if let text = (try? json.text(key)) ?? nil { return text }
        }
        return ErrorBody(json).flatMap { $0.said.isEmpty ? nil : $0.said } ?? "without a reason"
    }

    /// The payment that a document makes or changes.
    private func record(of document: LedgerDocument) throws -> LedgerRecord? {
        guard let request = try request(of: document) else { return nil }
        if let origin = try request.text("body.contract_payment.origin_id") {
            return try work.books.imported(.contractPayments, origin)
        }
        let id = try request.text("path")?.split(separator: "/").last.map(String.init)
        return try id.flatMap { try work.books.record(RecordKey(.contractPayments, $0)) }
    }

    private func documentOrigin() throws -> String? {
        try document.flatMap { try request(of: $0) }?.text("body.contract_payment.origin_id")
    }

    private func request(of document: LedgerDocument) throws -> JSONRecord? {
        guard let bytes = try work.books.bytes(ofDocument: document.sequence) else { return nil }
        return try JSONRecord(parsing: bytes.last == 0x0a ? bytes.dropLast() : bytes).record("request")
    }
}
