import Foundation
import Testing

/// Every qbXML sample of the reference collection, recorded or constructed, is read for what it is.
///
/// Needs ../shared; skipped, visibly, where it is absent.
@Suite(.enabled(if: Tool.shared != nil, "needs ../shared"))
struct ResponseSamplesTests {
    private static let nothing = "rejected: Nothing in this response answers a request from here"
    private static let report = "rejected: The report has no column TxnID"
    private static let request =
        "rejected: This is a request to QuickBooks (QBXMLMsgsRq), not QuickBooks' response to it."

    /// What becomes of the responses with nothing in the ledger: outcome, and counts or the first problem.
    private static let responses: [String: String] = [
        // One job below a customer, and the customer itself.
        "constructed/CustomerQueryRs.jobs.xml": "accepted: projects new 1, skipped 1",
        // A bill and a vendor credit wait for their project; a check, a charge and a journal entry name an account without
        // a cost code, time has no money, and the bill that is paid did not come from Procore.
        "constructed/costs-QueryRs.xml":
            "accepted: contract_payments skipped 1; direct_costs held 2, skipped 4",
        "recorded/BillQueryRs.openamount.xml": "accepted: direct_costs skipped 3",
        // The first page of a longer answer, and the last one of a shorter.
        "recorded/CustomerQueryRs.iterator.xml": "accepted-with-problems: 18 more were not in this response",
        "recorded/ItemQueryRs.service.xml": "accepted: standard_cost_codes held 1",
        "recorded/VendorQueryRs.sdk1.xml": "accepted: vendors new 2",
        // Which program is open is only ever told by the answer to a root's own question.
        "recorded/HostQueryRs.2014.xml": "rejected: It answers no question of this root",
        "constructed/JobReportQueryRs.xml": report, "recorded/GeneralSummaryReportQueryRs.xml": report,
        // Answers to somebody else's Adds and Mods, lists and transactions that do not come to Procore.
        "constructed/BillAddRs.xml": nothing, "constructed/PurchaseOrderAddRs.xml": nothing,
        "constructed/PurchaseOrderModRs.append.xml": nothing, "constructed/err-3200-PurchaseOrderModRs.xml": nothing,
        "constructed/recovery-600.xml": nothing, "constructed/stopOnError-partial.xml": nothing,
        "recorded/AccountQueryRs.xml": nothing, "recorded/EstimateQueryRs.xml": nothing,
        "recorded/ItemInventoryAddRs.xml": nothing, "recorded/JournalEntryAddRs.xml": nothing,
        "recorded/PurchaseOrderQueryRs.iterator-end.xml": nothing, "recorded/SalesReceiptAddRs.xml": nothing,
        "recorded/err-3070-AccountAddRs.xml": nothing, "recorded/err-3100-ItemServiceAddRs.xml": nothing,
        "recorded/err-3120-CustomerQueryRs.xml":
            "rejected: QuickBooks cannot find the record by its id. QuickBooks says (status 3120): Object",
        "recorded/err-3140-SalesOrderAddRs.xml": nothing,
        "recorded/err-3210-ReceivePaymentAddRs.xml": nothing, "recorded/err-3231-SalesOrderAddRs.xml": nothing,
        // That nothing was found is a result: time would be of interest, mileage would not.
        "recorded/info-1-multi.xml": "accepted: ", "recorded/warn-500-CustomerQueryRs.xml": "accepted: ",
    ]

    @Test func everySampleIsReadForWhatItIs() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let folder = (Tool.shared ?? "") + "/qbxml/samples"
        let names = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".xml") }.sorted()
        #expect(names.count >= 60)
        #expect(Set(Self.responses.keys).isSubset(of: names))
        for name in names {
            let output = try Tool.run(
                "/bin/sh",
                [
                    "-c", "\"$0\" convert \"$1\" --root \"$2\" --json 2>/dev/null", Tool.plumbline, "\(folder)/\(name)",
                    root.path,
                ]
            ).output
            let json = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
            let found = Self.words(json?["receipt"] as? [String: Any] ?? [:])
            #expect(found.hasPrefix(Self.responses[name] ?? Self.request), "\(name): \(found)")
        }
    }

    /// `accepted: projects new 1, skipped 1`, or `rejected: ` and the first problem.
    private static func words(_ receipt: [String: Any]) -> String {
        let outcome = receipt["outcome"] as? String ?? "none"
        let problems = receipt["problems"] as? [[String: Any]] ?? []
        if let first = problems.first?["what"] as? String { return "\(outcome): \(first)" }
        let entities = receipt["entities"] as? [String: [String: Int]] ?? [:]
        let counts = entities.sorted { $0.key < $1.key }.map { entity, counts in
            "\(entity) "
                + counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                .joined(separator: ", ")
        }
        return "\(outcome): \(counts.joined(separator: "; "))"
    }
}
