import Converters
import Domain
import Procore
import SyncLedger

extension LedgerRecord {
    /// Whether it is a payment that QuickBooks made, and not one of Procore's on its way there.
    var isImportedPayment: Bool { entity == .contractPayments && imported != nil }
    /// Whether QuickBooks is where it comes from.
    var isImportedCostOrPayment: Bool { entity == .directCosts || isImportedPayment }
    /// Whether it would say more if something turned up, although it does not wait for it.
    var takesMore: Bool { entity == .directCosts && state == .linked }
}

/// Decides about payments that QuickBooks made of bills of ours.
extension Dispatch {
    /// Writes what Procore has to be told of a payment, if anything.
    mutating func sendPayment(_ record: inout LedgerRecord) throws(Stop) {
        guard let shown = record.imported, let bill = shown.reference("requisition_id") else {
            throw .hold("Nothing says yet what it pays.")
        }
        let isVoid = shown["amount"].flatMap { Amount($0) }?.isZero ?? true
        if isVoid, record.exported == nil {
            // Gone before Procore was told of it.
            record.link()
            return
        }
        guard let invoice = try stopping({ try context.books.named(bill) }), let id = invoice.procoreID else {
            guard let expected = record.tie.owner else {
                throw .hold("Waits for its bill, which is not tied here yet.")
            }
            let answered = try stopping { try context.books.record(expected) }
            if answered?.quickBooksID != nil {
                throw .hold(
                    "It pays another bill of the number that \(expected.shown) has, which did not come from Procore.")
            }
            throw .hold("Waits for QuickBooks' answer about the bill of \(expected.shown).", needs: [expected])
        }
        let (contract, project) = try place(of: invoice)
        record.identity.project = project
        let fields = shown.fields.map { $0.path == "requisition_id" ? Content.Field($0.path, id) : $0 }
        let documents = CostDocuments(writeBacks)
        let current = record
        guard let exported = record.exported else {
            try stopping { try documents.payment(current, project: project, contract: contract, fields) }
            record.contents.exported = Content(fields)
            if record.procoreID == nil { record.queue() } else { record.link() }
            return
        }
        let changes = isVoid ? [Content.Field("amount", "0.0")] : fields.changes(from: exported)
        let isKnown = isVoid ? exported["amount"] == "0.0" : changes.isEmpty
        guard record.procoreID != nil else {
            if isKnown {
                record.queue()
                return
            }
            throw .hold("Waits for Procore's answer to the payment, which brings the id that its change needs.")
        }
        if !isKnown {
            try stopping { try documents.change(current, project: project, contract: contract, changes) }
            record.contents.exported = isVoid ? exported.merged(with: Content(changes)) : Content(fields)
        }
        record.link()
    }

    /// The commitment that an invoice bills, and its project.
    private func place(of invoice: LedgerRecord) throws(Stop) -> (contract: String, project: String) {
        let header = try stopping { try context.books.fragments(of: invoice.id)[DocumentFragment.header] }
        if let contract = header?["commitment_id"], let project = try project(of: header, contract: contract) {
            return (contract, project)
        }
        throw .hold(
            "Waits for \(invoice.shown) to say which commitment and project it belongs to.", needs: invoice.keys)
    }

    private func project(of header: Content?, contract: String) throws(Stop) -> String? {
        if let project = header?["project_id"] { return project }
        return try stopping {
            try context.books.record(RecordKey(.commitments, contract))?.wanted?.references
                .first { $0.entity == .projects }?.procoreID
        }
    }
}
