import Domain
import Procore
import SyncLedger

/// Payments that Plumbline made in Procore, as Procore shows them: in its answer, or in an export later on. They came from
/// QuickBooks, and never go back there.
struct PaymentAnswers {
    let context: ProcessingContext
    /// The document that a file answers, where its name begins with the number of one.
    private let document: LedgerDocument?

    init(_ context: ProcessingContext, fileName: String) throws {
        self.context = context
        let number = Int(fileName.prefix { $0.isASCII && $0.isNumber })
        document = try number.flatMap { try context.books.document($0) }.flatMap {
            $0.outbox == .procore && $0.entity == .contractPayments ? $0 : nil
        }
    }

    /// Takes a payment of Procore's; says whether it is one that came from QuickBooks.
    func take(_ key: RecordKey, _ header: Content) throws -> Bool {
        if let known = try context.books.record(key), known.imported != nil {
            context.receipt.count(known.entity, .unchanged)
            if let document { try context.books.markAnswered(document.sequence, by: context.intake ?? 0) }
            return true
        }
        guard let origin = try header["origin_id"] ?? documentOrigin(),
            var record = try context.books.imported(.contractPayments, origin), record.procoreID == nil
        else { return false }
        record.identity.procoreID = key.procoreID
        record.identity.shown = key.shown
        record.file = context.intake ?? record.file
        record.release()
        try context.books.update(record)
        try context.addEvent("linked", record, "Procore \(key.procoreID)")
        context.receipt.count(record.entity, .linked)
        if let document { try context.books.markAnswered(document.sequence, by: context.intake ?? 0) }
        return true
    }

    private func documentOrigin() throws -> String? {
        try document.flatMap { try request(of: $0) }?.text("body.contract_payment.origin_id")
    }

    private func request(of document: LedgerDocument) throws -> JSONRecord? {
        guard let bytes = try context.books.bytes(ofDocument: document.sequence), !bytes.isEmpty else { return nil }
        return try JSONRecord(parsing: bytes.last == 0x0a ? bytes.dropLast() : bytes).record("request")
    }
}
