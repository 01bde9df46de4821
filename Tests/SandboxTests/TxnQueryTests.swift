import QBXML
import Sandbox
import Testing

/// Queries of transactions.
@Suite struct TxnQueryTests {
    let test: TestCompany
    let bills: [Element]

    init() throws {
        test = try TestCompany()
        try test.makeLists()
        let test = self.test
        bills = try [
            ("Rocky Rebar", "2024-05-31", "INV-1", "70.00"), ("Riverton Lumber", "2024-06-03", "inv-2", "50.00"),
            ("Rocky Rebar", "2024-06-30", "X 3", "20.00"),
        ].map { vendor, date, number, amount in
            try test.add(
                "Bill",
                Txn.named("VendorRef", vendor) + "<TxnDate>\(date)</TxnDate><RefNumber>\(number)</RefNumber>"
                    + Txn.line("ItemLineAdd", Txn.amount(amount) + (amount == "50.00" ? Txn.gym : "")))
        }
        _ = try test.ret(Txn.check(Txn.applied(bills[0], "70.00")))
    }

    static let filters: [(String, [String])] = [
        ("", ["INV-1", "inv-2", "X 3"]),
        ("<RefNumber>INV-2</RefNumber><RefNumber>x 3</RefNumber>", ["inv-2", "X 3"]),
        ("<RefNumberCaseSensitive>inv-2</RefNumberCaseSensitive>", ["inv-2"]),
        ("<MaxReturned>2</MaxReturned>", ["INV-1", "inv-2"]),
        (
            "<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion><RefNumber>Inv</RefNumber></RefNumberFilter>",
            ["INV-1", "inv-2"]
        ),
        (
            "<RefNumberFilter><MatchCriterion>EndsWith</MatchCriterion><RefNumber>3</RefNumber></RefNumberFilter>",
            ["X 3"]
        ),
        (
            "<RefNumberRangeFilter><FromRefNumber>inv-2</FromRefNumber><ToRefNumber>x</ToRefNumber></RefNumberRangeFilter>",
            ["inv-2"]
        ),
        ("<EntityFilter><FullName>rocky rebar</FullName></EntityFilter>", ["INV-1", "X 3"]),
        ("<EntityFilter><FullNameWithChildren>Northgate</FullNameWithChildren></EntityFilter>", ["inv-2"]),
        (
            "<TxnDateRangeFilter><FromTxnDate>2024-06-01</FromTxnDate><ToTxnDate>2024-06-29</ToTxnDate></TxnDateRangeFilter>",
            ["inv-2"]
        ),
        ("<PaidStatus>PaidOnly</PaidStatus>", ["INV-1"]),
        ("<PaidStatus>NotPaidOnly</PaidStatus>", ["inv-2", "X 3"]),
    ]

    @Test(arguments: filters)
    func billsAreFiltered(_ filter: String, _ wanted: [String]) throws {
        let answer = try test.ask(Txn.query("Bill", filter), status: 0)
        #expect(answer.children.map { $0["RefNumber"] } == wanted)
    }

    @Test func changesAreFoundByTheirTime() throws {
        let time = try #require(try test.ret(Txn.asked("Bill", bills[0]))["TimeModified"])
        let since = "<ModifiedDateRangeFilter><FromModifiedDate>\(time)</FromModifiedDate></ModifiedDateRangeFilter>"
        // The payment came after all the bills.
        let answer = try test.ask(Txn.query("Bill", since), status: 0)
        #expect(answer.children.map { $0["RefNumber"] } == ["INV-1"])
    }

    @Test func linesComeOnlyWhenAskedFor() throws {
        let id = "<TxnID>\(bills[0]["TxnID"] ?? "")</TxnID>"
        let without = try test.ret(Txn.query("Bill", id, lines: false))
        #expect(without.first("ItemLineRet") == nil)
        #expect(without["AmountDue"] == "70.00")
        #expect(try test.ret(Txn.query("Bill", id)).first("ItemLineRet") != nil)
        #expect(try test.ret(Txn.query("BillPaymentCheck", "", lines: false)).first("AppliedToTxnRet") == nil)
        #expect(try test.ret(Txn.query("BillPaymentCheck", "")).first("AppliedToTxnRet") != nil)
    }

    @Test func theFoundOnesComeBesideTheMissingOnes() throws {
        let ids = "<TxnID>77-1700000000</TxnID><TxnID>\(bills[1]["TxnID"] ?? "")</TxnID>"
        let answer = try test.ask(Txn.query("Bill", ids), status: 500)
        #expect(answer.children.map { $0["RefNumber"] } == ["inv-2"])
        // A bill is not found as an order.
        _ = try test.ask(Txn.query("PurchaseOrder", ids), status: 500)
        _ = try test.ask(Txn.query("PurchaseOrder", ""), status: 1)
        _ = try test.ask(Txn.query("Bill", "<RefNumber>INV-9</RefNumber>"), status: 1)
        let nobody = "<EntityFilter><FullName>Nobody</FullName></EntityFilter>"
        _ = try test.ask(Txn.query("Bill", nobody), status: 3140)
    }

    @Test func onlyWhatIsAskedForIsReturned() throws {
        let only = ["TxnID", "IsPaid"].map { "<IncludeRetElement>\($0)</IncludeRetElement>" }.joined()
        let answer = try test.ask("<BillQueryRq><MaxReturned>1</MaxReturned>\(only)</BillQueryRq>", status: 0)
        #expect(answer.first("BillRet")?.children.map(\.name) == ["TxnID", "IsPaid"])
        #expect(answer["BillRet/IsPaid"] == "true")
        let counted = try test.ask("<BillQueryRq metaData=\"MetaDataOnly\"/>", status: 0)
        #expect(counted.attributes["retCount"] == "3")
    }

    @Test func whatTheSandboxCannotFilterIsSaid() throws {
        for filter in [
            "<TxnDateRangeFilter><DateMacro>Today</DateMacro></TxnDateRangeFilter>",
            "<AccountFilter><FullName>Checking</FullName></AccountFilter>",
        ] { _ = try test.ask(Txn.query("Bill", filter), status: 1030) }
    }
}
