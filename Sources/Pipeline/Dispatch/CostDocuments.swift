import Converters
import Domain
import Procore
import SyncLedger

/// What Procore is told of costs and payments.
struct CostDocuments {
    private let batches: UpdateBatches

    init(_ batches: UpdateBatches) {
        self.batches = batches
    }

    /// Makes a direct cost, or changes some of its fields. Source: Procore REST "Sync Direct Costs".
    func header(_ record: LedgerRecord, project: String, _ fields: [Content.Field]) throws {
        var update: [(key: String, value: JSONValue)] = []
        if let id = record.procoreID { update.append(("id", .number(id))) }
        update.append(("origin_id", .string(record.quickBooksID ?? "")))
        update.append(("origin_data", .string(Self.originData(record, withType: true))))
        for field in fields where record.procoreID == nil || field.path != "direct_cost_type" {
            update.append((field.path, Self.value(field)))
        }
        try batches.put(
            .object(update),
            in: .init(entity: .directCosts, path: "/rest/v1.0/projects/\(project)/direct_costs/sync"))
    }

    /// Makes or changes a line of a direct cost. Source: Procore REST "Sync Direct Cost Line Items".
    func line(_ line: Content.Line, of record: LedgerRecord, project: String) throws {
        let txnID = CompositeID(record.quickBooksID)?.txnID ?? ""
        var update: [(key: String, value: JSONValue)] = [
            ("direct_cost_id", .number(record.procoreID ?? "")), ("origin_id", .string("\(txnID)|\(line.key)")),
        ]
        for field in line.fields {
            update.append((field.path, field.path == "amount" ? .number(line["amount"] ?? "0.00") : Self.value(field)))
        }
        try batches.put(
            .object(update),
            in: .init(entity: .directCosts, path: "/rest/v1.0/projects/\(project)/direct_costs/line_items/sync"))
    }

    /// Makes a payment. Source: Procore REST "Create Contract Payment".
    func payment(_ record: LedgerRecord, project: String, contract: String, _ fields: [Content.Field]) throws {
        var payment = fields.map { (key: $0.path, value: Self.value($0)) }
        payment.append(("origin_id", .string(record.quickBooksID ?? "")))
        payment.append(("origin_data", .string(Self.originData(record, withType: false))))
        try batches.send(
            "POST", "/rest/v1.0/contract_payments", entity: .contractPayments,
            body: [
                ("project_id", .number(project)), ("contract_id", .number(contract)),
                ("contract_payment", .object(payment)),
            ])
    }

    /// Changes a payment. Source: Procore REST "Update Contract Payment".
    func change(_ record: LedgerRecord, project: String, contract: String, _ fields: [Content.Field]) throws {
        try batches.send(
            "PATCH", "/rest/v1.0/contract_payments/\(record.procoreID ?? "")", entity: .contractPayments,
            body: [
                ("project_id", .number(project)), ("contract_id", .number(contract)),
                ("contract_payment", .object(fields.map { ($0.path, Self.value($0)) })),
            ])
    }

    private static func originData(_ record: LedgerRecord, withType: Bool) -> String {
        var fields: [(key: String, value: JSONValue)] = []
        if let edit = record.tie.editSequence { fields.append(("edit_sequence", .string(edit))) }
        if withType, let kind = record.kind { fields.append(("txn_type", .string(kind.rawValue))) }
        return String(decoding: JSONValue.object(fields).bytes(pretty: false), as: UTF8.self)
    }

    /// Fields that Procore takes as numbers; everything else is text. Amounts of payments are text there.
    private static let numbers: Set<String> = [
        "vendor_id", "cost_code_id", "wbs_code_id", "line_item_type_id", "quantity", "unit_cost", "requisition_id",
    ]

    private static func value(_ field: Content.Field) -> JSONValue {
        guard case .text(let text) = field.value, !text.isEmpty else { return .null }
        return numbers.contains(field.path) ? .number(text) : .string(text)
    }
}
