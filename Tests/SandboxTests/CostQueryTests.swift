import QBXML
import Sandbox
import Testing

/// Queries of costs: the filters of every kind.
@Suite struct CostQueryTests {
    /// A kind, what its request says of whom, and how its total is called.
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let first: String
        let second: String
        let line: String
        let hasLinks: Bool
        var testDescription: String { name }
    }

    static let kinds: [Kind] = {
        let (rocky, riverton) = ("Rocky Rebar", "Riverton Lumber")
        func paid(_ name: String, _ account: String, hasLinks: Bool = false) -> Kind {
            Kind(
                name: name, first: account + Txn.named("PayeeEntityRef", rocky),
                second: account + Txn.named("PayeeEntityRef", riverton), line: "ExpenseLineRet", hasLinks: hasLinks)
        }
        return [
            paid("Check", Cost.checking, hasLinks: true), paid("CreditCardCharge", Cost.card),
            paid("CreditCardCredit", Cost.card),
            Kind(
                name: "VendorCredit", first: Txn.rocky, second: Txn.riverton, line: "ExpenseLineRet", hasLinks: true),
            Kind(name: "JournalEntry", first: "", second: "", line: "JournalDebitLine", hasLinks: false),
        ]
    }()

    let test: TestCompany

    init() throws {
        test = try TestCompany()
        try test.makeLists()
    }

    /// Two transactions: A-1 of June 3rd with Rocky Rebar, B-2 of June 10th with Riverton Lumber and for the Gym.
    func fill(_ kind: Kind) throws -> [Element] {
        try [(kind.first, "2024-06-03", "A-1", ""), (kind.second, "2024-06-10", "B-2", Txn.gym)].map {
            head, date, number, job in
            let number = "<RefNumber>\(number)</RefNumber>"
            let date = "<TxnDate>\(date)</TxnDate>"
            // The number of a check stands before its date.
            let middle = kind.name == "Check" ? number + date : date + number
            let who = Cost.entity(job.isEmpty ? "Rocky Rebar" : "Riverton Lumber")
            let lines =
                kind.name == "JournalEntry"
                ? Cost.journal("Debit", "Office Expenses", "5.00", job.replacing("CustomerRef", with: "EntityRef"))
                    + Cost.journal("Credit", "Accounts Payable", "5.00", who) : Cost.expense("5.00", job)
            return try test.add(kind.name, head + middle + lines)
        }
    }

    func found(_ kind: Kind, _ filter: String, status: Int = 0) throws -> [String?] {
        try test.ask(Txn.query(kind.name, filter), status: status).children.map { $0["RefNumber"] }
    }

    @Test(arguments: kinds)
    func filtersFindWhatTheyName(_ kind: Kind) throws {
        let both = try fill(kind)
        func names(_ filter: String, _ named: String, _ name: String) -> String {
            "<\(filter)><\(named)>\(name)</\(named)></\(filter)>"
        }
        #expect(try found(kind, "") == ["A-1", "B-2"])
        #expect(try found(kind, "<TxnID>\(both[1]["TxnID"] ?? "")</TxnID>") == ["B-2"])
        #expect(try found(kind, "<RefNumber>a-1</RefNumber>") == ["A-1"])
        #expect(try found(kind, "<RefNumberCaseSensitive>a-1</RefNumberCaseSensitive>", status: 1).isEmpty)
        #expect(try found(kind, "<MaxReturned>1</MaxReturned>") == ["A-1"])
        #expect(try found(kind, names("EntityFilter", "FullName", "Riverton Lumber")) == ["B-2"])
        #expect(try found(kind, names("EntityFilter", "FullNameWithChildren", "Northgate")) == ["B-2"])
        #expect(try found(kind, names("EntityFilter", "FullName", "Northgate"), status: 1).isEmpty)
        #expect(try found(kind, names("TxnDateRangeFilter", "FromTxnDate", "2024-06-04")) == ["B-2"])
        #expect(try found(kind, names("TxnDateRangeFilter", "ToTxnDate", "2024-06-09")) == ["A-1"])
        #expect(try found(kind, names("RefNumberRangeFilter", "FromRefNumber", "b")) == ["B-2"])
        let ends = "<MatchCriterion>EndsWith</MatchCriterion><RefNumber>-1</RefNumber>"
        #expect(try found(kind, "<RefNumberFilter>\(ends)</RefNumberFilter>") == ["A-1"])
    }

    /// The time of the machine is written without an offset.
    @Test(arguments: kinds)
    func changesAreFoundByTheTimeOfTheMachine(_ kind: Kind) throws {
        let both = try fill(kind)
        let times = both.compactMap { $0["TimeModified"]?.prefix(19) }
        func range(_ bound: String, _ time: Substring) -> String {
            "<ModifiedDateRangeFilter><\(bound)>\(time)</\(bound)></ModifiedDateRangeFilter>"
        }
        #expect(try found(kind, range("FromModifiedDate", times[0])) == ["A-1", "B-2"])
        #expect(try found(kind, range("FromModifiedDate", times[1])) == ["B-2"])
        #expect(try found(kind, range("ToModifiedDate", times[0])) == ["A-1"])
        // The same moment as the clock of UTC shows it is seven hours later here.
        #expect(try found(kind, range("FromModifiedDate", "2023-11-14T22:13:20"), status: 1).isEmpty)
    }

    @Test(arguments: kinds)
    func linesAndFieldsComeAsAskedFor(_ kind: Kind) throws {
        _ = try fill(kind)
        let without = try test.ret(Txn.query(kind.name, "", lines: false))
        #expect(without.first(kind.line) == nil)
        #expect(try test.ret(Txn.query(kind.name, ""))[kind.line + "/Amount"] == "5.00")
        let only = "<IncludeRetElement>TxnID</IncludeRetElement><IncludeRetElement>TxnDate</IncludeRetElement>"
        let some = try test.ret("<\(kind.name)QueryRq>\(only)</\(kind.name)QueryRq>")
        #expect(some.children.map(\.name) == ["TxnID", "TxnDate"])
        let links = document(Txn.query(kind.name, "", links: true))
        guard case .response = try test.company.answer(Array(links.utf8)) else {
            #expect(!kind.hasLinks)
            return
        }
        #expect(kind.hasLinks)
    }
}

/// Two companies are told apart.
@Suite struct CompanyTests {
    func name(_ test: TestCompany) throws -> String? { try test.ret("<CompanyQueryRq/>")["CompanyName"] }

    @Test func aCompanyHasTheNameThatItIsMadeWith() throws {
        let (one, other) = (try TestCompany(), try TestCompany(name: "Northgate Builders"))
        #expect(try name(one) == "Sandbox Construction Company")
        #expect(try name(other) == "Northgate Builders")
        // One that is there keeps its own.
        let again = try SandboxCompany(path: other.path, edition: .us, name: "Somebody else")
        guard case .response(let bytes) = try again.answer(Array(document("<CompanyQueryRq/>").utf8)) else { return }
        let response = try Element.parse(bytes)
        #expect(response["QBXMLMsgsRs/CompanyQueryRs/CompanyRet/CompanyName"] == "Northgate Builders")
        let versions = try one.ret("<HostQueryRq/>").all("SupportedQBXMLVersion").map(\.text)
        #expect(versions.suffix(4) == ["13.0", "14.0", "15.0", "16.0"])
    }
}
