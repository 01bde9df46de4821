import QBXML
import Testing

/// Requests about transactions, as texts.
enum Txn {
    /// The lists that the transactions of these tests name.
    static let lists = [
        added("Vendor", "<Name>Rocky Rebar</Name><TermsRef><FullName>Net 30</FullName></TermsRef>"),
        added("Vendor", "<Name>Riverton Lumber</Name>"),
        added("Customer", "<Name>Northgate</Name>"),
        added("Customer", "<Name>Gym</Name><ParentRef><FullName>Northgate</FullName></ParentRef>"),
        added("ItemService", "<Name>03 Concrete</Name>" + twoSides),
        added("ItemService", "<Name>05 Anchors</Name>" + anchors),
        added("ItemService", "<Name>Labor</Name><SalesOrPurchase><Price>35</Price></SalesOrPurchase>"),
    ].joined()

    private static let anchors = """
        <SalesAndPurchase><SalesDesc>Anchors sold</SalesDesc><SalesPrice>12.5</SalesPrice>\
        <IncomeAccountRef><FullName>Construction Income</FullName></IncomeAccountRef>\
        <PurchaseDesc>Anchors bought</PurchaseDesc><PurchaseCost>8.125</PurchaseCost>\
        <ExpenseAccountRef><FullName>Job Expenses</FullName></ExpenseAccountRef></SalesAndPurchase>
        """

    static let date = "<TxnDate>2024-06-03</TxnDate>"
    static let rocky = named("VendorRef", "Rocky Rebar")
    static let riverton = named("VendorRef", "Riverton Lumber")
    static let gym = named("CustomerRef", "Northgate:Gym")

    static func named(_ reference: String, _ name: String) -> String {
        "<\(reference)><FullName>\(name)</FullName></\(reference)>"
    }

    /// A line of an item, such as `line("EstimateLineAdd", "<Quantity>1</Quantity>")`.
    static func line(_ element: String, _ fields: String, item: String = "03 Concrete") -> String {
        "<\(element)>\(named("ItemRef", item))\(fields)</\(element)>"
    }

    static func quantity(_ quantity: String, _ rate: String? = nil, of name: String = "Rate") -> String {
        "<Quantity>\(quantity)</Quantity>" + (rate.map { "<\(name)>\($0)</\(name)>" } ?? "")
    }

    static func amount(_ amount: String) -> String { "<Amount>\(amount)</Amount>" }

    /// A line that stands, by its place in a `Ret`.
    static func kept(_ element: String, _ ret: Element, _ place: Int, _ fields: String = "") -> String {
        let lines = ret.all(element.replacing("Mod", with: "Ret"))
        let lineID = lines.indices.contains(place) ? lines[place]["TxnLineID"] : nil
        return "<\(element)><TxnLineID>\(lineID ?? "none")</TxnLineID>\(fields)</\(element)>"
    }

    static func new(_ element: String, _ fields: String, item: String = "03 Concrete") -> String {
        "<\(element)><TxnLineID>-1</TxnLineID>\(named("ItemRef", item))\(fields)</\(element)>"
    }

    static func change(_ kind: String, _ ret: Element, _ fields: String) -> String {
        let key = "<TxnID>\(ret["TxnID"] ?? "")</TxnID><EditSequence>\(ret["EditSequence"] ?? "")</EditSequence>"
        return "<\(kind)ModRq requestID=\"1\"><\(kind)Mod>\(key)\(fields)</\(kind)Mod></\(kind)ModRq>"
    }

    static func query(_ kind: String, _ filter: String, lines: Bool = true, links: Bool = false) -> String {
        let included =
            (lines ? "<IncludeLineItems>true</IncludeLineItems>" : "")
            + (links ? "<IncludeLinkedTxns>true</IncludeLinkedTxns>" : "")
        return "<\(kind)QueryRq requestID=\"1\">\(filter)\(included)</\(kind)QueryRq>"
    }

    static func asked(_ kind: String, _ ret: Element, links: Bool = true) -> String {
        query(kind, "<TxnID>\(ret["TxnID"] ?? "none")</TxnID>", links: links && !kind.hasPrefix("BillPayment"))
    }

    /// A line of a bill that receives a line of an order.
    static func received(_ order: Element, _ place: Int, _ fields: String) -> String {
        let lines = order.all("PurchaseOrderLineRet")
        let lineID = lines.indices.contains(place) ? lines[place]["TxnLineID"] : nil
        let link = "<TxnID>\(order["TxnID"] ?? "")</TxnID><TxnLineID>\(lineID ?? "none")</TxnLineID>"
        return "<ItemLineAdd>\(fields)<LinkToTxn>\(link)</LinkToTxn></ItemLineAdd>"
    }

    /// A check for bills.
    static func check(
        _ applied: String, payee: String = "Rocky Rebar", how: String = "<RefNumber>1001</RefNumber>"
    ) -> String {
        let accounts = named("BankAccountRef", "Checking")
        return added("BillPaymentCheck", named("PayeeEntityRef", payee) + date + accounts + how + applied)
    }

    static func applied(_ bill: Element, _ amount: String, _ more: String = "") -> String {
        let fields = "<TxnID>\(bill["TxnID"] ?? "none")</TxnID><PaymentAmount>\(amount)</PaymentAmount>\(more)"
        return "<AppliedToTxnAdd>\(fields)</AppliedToTxnAdd>"
    }
}

extension TestCompany {
    /// Makes the lists that the transactions of the tests name.
    func makeLists() throws {
        for answer in try ask(Txn.lists) { #expect(answer.attributes["statusCode"] == "0", "\(answer)") }
    }

    /// The one `Ret` that answers a request.
    func ret(_ request: String, status: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) throws -> Element {
        let answer = try ask(request, status: status, sourceLocation: sourceLocation)
        return try #require(answer.children.first, sourceLocation: sourceLocation)
    }
}
