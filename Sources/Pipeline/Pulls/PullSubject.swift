import Converters
import Domain
import QBXML
import SyncLedger

/// What can be read from QuickBooks in bulk.
public enum PullSubject: String, Sendable, CaseIterable, Codable {
    /// Vendors, for Procore's companies.
    case vendors
    /// Customers and jobs, for Procore's projects.
    case jobs
    /// Service items, to be matched with cost codes.
    case items
    /// Estimates and purchase orders, to notice what was changed there by hand.
    case orders
    /// Transactions that cost something, for Procore's direct costs.
    case costs
    /// Payments of bills, for Procore's payments issued.
    case payments
    /// The company file itself and the program that has it open.
    case company

    /// Those that are asked for by name and by schedule; the company is asked after by itself.
    public static let chosen: [PullSubject] = [.vendors, .jobs, .items, .orders, .costs, .payments]

    /// Whether it is a list: asked for whole the first time, and from its last change on afterwards. Transactions are
    /// asked for in windows of time.
    var isList: Bool { [.vendors, .jobs, .items].contains(self) }

    /// The QuickBooks objects of it, as the converters say; none of the company.
    var kinds: [QuickBooksKind] {
        switch self {
        case .vendors: VendorToCompany.reads
        case .jobs: JobToProject.reads
        case .items: [CostCodeToItem.object.list]
        case .orders: Registry.growing
        case .costs: JobCostToDirectCost.reads
        case .payments: BillPaymentToContractPayment.reads
        case .company: []
        }
    }

    /// The queries that read it: message and body.
    /// - Parameters:
    ///   - since: the beginning of the window, as QuickBooks' own clock shows it; nil: from the beginning.
    ///   - until: its end.
    func queries(since: String?, until: String) -> [(message: String, body: [UInt8])] {
        if self == .company { return [("HostQuery", []), ("CompanyQuery", [])] }
        let names = kinds.map(\.rawValue)
        if isList {
            var queries = names.map { (message: "\($0)Query", body: Self.listBody(since: since, until: until)) }
            // What was deleted before the first reading was never known here.
            if since != nil {
                queries.append(("ListDeletedQuery", Self.deletedBody("ListDelType", names, since: since, until: until)))
            }
            return queries
        }
        return names.map { ("\($0)Query", Self.transactionBody($0, since: since, until: until)) }
            + [("TxnDeletedQuery", Self.deletedBody("TxnDelType", names, since: since, until: until))]
    }

    /// Whether QuickBooks gives the answers to one of its queries page by page. Source: the schema; what was deleted, the
    /// company and its program come whole.
    func isPaged(_ message: String) -> Bool {
        self != .company && !message.hasSuffix("DeletedQuery")
    }

    /// The subject that reads what a query of anybody's reads; nil: nothing here does.
    static func reading(_ message: String) -> PullSubject? {
        chosen.first { $0.queries(since: "", until: "").contains { $0.message == message } }
    }

    private static func listBody(since: String?, until: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.leaf("ActiveStatus", "All")
        if let since {
            writer.leaf("FromModifiedDate", since)
            writer.leaf("ToModifiedDate", until)
        }
        return writer.bytes
    }

    private static func transactionBody(_ transaction: String, since: String?, until: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.open("ModifiedDateRangeFilter")
        if let since { writer.leaf("FromModifiedDate", since) }
        writer.leaf("ToModifiedDate", until)
        writer.close("ModifiedDateRangeFilter")
        writer.leaf("IncludeLineItems", "true")
        // Says which purchase order a bill receives on.
        if transaction == "Bill" { writer.leaf("IncludeLinkedTxns", "true") }
        return writer.bytes
    }

    private static func deletedBody(_ element: String, _ types: [String], since: String?, until: String) -> [UInt8] {
        var writer = XMLWriter()
        for type in types.sorted() { writer.leaf(element, type) }
        writer.open("DeletedDateRangeFilter")
        if let since { writer.leaf("FromDeletedDate", since) }
        writer.leaf("ToDeletedDate", until)
        writer.close("DeletedDateRangeFilter")
        return writer.bytes
    }
}
