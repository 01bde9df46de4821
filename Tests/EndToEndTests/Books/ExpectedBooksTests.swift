import Foundation
import Testing

/// The stand-in can hold the expected books, and is read as it should be: they are entered by plain requests here,
/// without Plumbline, and come back equal.
@Suite(.enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct ExpectedBooksTests {
    private let books = ExpectedBooks(contractor: CompanyGenerator.contractor(seed: 20_261_122)).books
    private typealias Ref = (element: String, name: String)

    private static func ref(_ ref: Ref) -> String {
        "<\(ref.element)><FullName>\(ref.name.replacing("&", with: "&amp;"))</FullName></\(ref.element)>"
    }

    private static func amount(_ cents: Int) -> String { ContractorExports.exact(cents) }

    private static func request(_ kind: String, _ content: String) -> String {
        "<\(kind)Rq><\(kind)>\(content)</\(kind)></\(kind)Rq>"
    }

    /// Puts requests in the outbox as one document in ASCII.
    private func send(_ requests: [String], as name: String, to root: TestRoot, version: String) throws {
        let text = """
            <?xml version="1.0"?><?qbxml version="\(version)"?><QBXML><QBXMLMsgsRq onError="stopOnError">\
            \(requests.joined(separator: "\n"))</QBXMLMsgsRq></QBXML>
            """
        let ascii = text.unicodeScalars.map { $0.isASCII ? String($0) : "&#\($0.value);" }.joined()
        try ascii.write(toFile: "\(root.path)/outbox/quickbooks/\(name).xml", atomically: true, encoding: .utf8)
    }

    private var lists: [String] {
        let item = """
            <SalesAndPurchase><IncomeAccountRef><FullName>Construction Income</FullName></IncomeAccountRef>\
            <ExpenseAccountRef><FullName>Job Expenses</FullName></ExpenseAccountRef></SalesAndPurchase>
            """
        return books.vendors.map { Self.request("VendorAdd", "<Name>\($0.replacing("&", with: "&amp;"))</Name>") }
            + books.jobs.map { Self.request("CustomerAdd", "<Name>\($0)</Name>") }
            + books.items.filter { $0 != "Retainage" }.map {
                Self.request("ItemServiceAdd", "<Name>\($0)</Name>\(item)")
            }
    }

    private var estimatesAndOrders: [String] {
        books.estimates.map { estimate in
            Self.request(
                "EstimateAdd",
                Self.ref(("CustomerRef", estimate.job))
                    + estimate.lines.map {
                        "<EstimateLineAdd>\(Self.ref(("ItemRef", $0.item)))<Rate>\(Self.amount($0.cents))</Rate>"
                            + "<Amount>\(Self.amount($0.cents))</Amount></EstimateLineAdd>"
                    }.joined())
        }
            + books.orders.map { order in
                Self.request(
                    "PurchaseOrderAdd",
                    Self.ref(("VendorRef", order.vendor)) + "<RefNumber>\(order.number)</RefNumber>"
                        + order.lines.map {
                            "<PurchaseOrderLineAdd>\(Self.ref(("ItemRef", $0.item)))<Quantity>\($0.quantity)</Quantity>"
                                + "<Rate>\($0.rate)</Rate>\(Self.ref(("CustomerRef", $0.job)))</PurchaseOrderLineAdd>"
                        }.joined())
            }
    }

    /// Without a quantity a line would take all that its order's line has left.
    private func bills(_ orderLines: [Books.OrderLine: DumpedBooks.Place]) throws -> [String] {
        try books.bills.map { bill in
            var lines = ""
            for (line, cents) in bill.gross {
                let link = try #require(orderLines[line])
                let rate = try #require(link.rate)
                lines += """
                    <ItemLineAdd><Quantity>\(Decimal(cents) / 100 / rate)</Quantity><Cost>\(rate)</Cost>\
                    <Amount>\(Self.amount(cents))</Amount><LinkToTxn><TxnID>\(link.txnID)</TxnID>\
                    <TxnLineID>\(link.txnLineID)</TxnLineID></LinkToTxn></ItemLineAdd>
                    """
            }
            for cents in bill.withheld + bill.released {
                lines += """
                    <ItemLineAdd>\(Self.ref(("ItemRef", "Retainage")))<Amount>\(Self.amount(cents))</Amount></ItemLineAdd>
                    """
            }
            return Self.request(
                "BillAdd",
                """
                \(Self.ref(("VendorRef", bill.vendor)))<TxnDate>\(bill.date)</TxnDate>\
                <RefNumber>\(bill.refNumber)</RefNumber>\(lines)
                """)
        }
    }

    private func payments(_ bills: [String: String]) throws -> [String] {
        try books.payments.map { payment in
            let txnID = try #require(bills[payment.bill])
            return Self.request(
                "BillPaymentCheckAdd",
                """
                \(Self.ref(("PayeeEntityRef", payment.vendor)))\(Self.ref(("BankAccountRef", payment.account)))\
                <RefNumber>\(payment.refNumber)</RefNumber><AppliedToTxnAdd><TxnID>\(txnID)</TxnID>\
                <PaymentAmount>\(Self.amount(payment.cents))</PaymentAmount></AppliedToTxnAdd>
                """)
        }
    }

    @Test(arguments: [(SeededReferee.Edition.us, "13.0"), (.ca, "16.0")])
    func whatIsExpectedCanBeEnteredAndRead(_ edition: SeededReferee.Edition, _ version: String) throws {
        let root = try TestRoot()
        defer { root.remove() }
        let referee = try SeededReferee(root, edition: edition)
        func enter(_ requests: [String], as name: String) throws {
            try send(requests, as: name, to: root, version: version)
            try referee.answer()
            let answer = root.text("inbox/quickbooks/\(name).response.xml")
            #expect(answer.components(separatedBy: "statusCode=\"0\"").count - 1 == requests.count, "\(name)")
        }
        try enter(lists, as: "1-lists")
        try enter(estimatesAndOrders, as: "2-orders")
        try enter(bills(referee.dump().orderLines), as: "3-bills")
        try enter(payments(referee.dump().billsByNumber), as: "4-payments")
        let dump = try referee.dump()
        let differences = dump.books.differences(from: books)
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        #expect(dump.openOrders == books.orders.map(\.number))
        #expect(try referee.duplicates() == "")
    }
}
