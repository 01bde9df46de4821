import Domain
import QBXML
import Seeds
import Testing

@Suite struct MessageRulesTests {
    static let vendor =
        "<VendorAddRq requestID=\"r1\"><VendorAdd><Name>Rocky Mtn Rebar LLC</Name><VendorAddress><Addr1>A</Addr1>"
        + "<City>Casper</City></VendorAddress><CreditLimit>1000.00</CreditLimit></VendorAdd></VendorAddRq>"

    static func document(_ body: String, set: String = "onError=\"stopOnError\"", version: String = "13.0") -> [UInt8] {
        Array(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <?qbxml version="\(version)"?>
            <QBXML>
            <QBXMLMsgsRq \(set)>
            \(body)
            </QBXMLMsgsRq>
            </QBXML>

            """.utf8)
    }

    @Test func aGoodDocumentMayLeave() {
        #expect(MessageRules.check(Self.document(Self.vendor), edition: .us) == [])
        #expect(MessageRules.check(Self.document(Self.vendor, version: "16.0"), edition: .ca) == [])
        let sets = "newMessageSetID=\"12345678901234567890123\" oldMessageSetID=\"1\" onError=\"continueOnError\""
        #expect(MessageRules.check(Self.document("", set: sets), edition: .us) == [])
        let query =
            "<VendorQueryRq requestID=\"q\" metaData=\"NoMetaData\" iterator=\"Start\"><MaxReturned>100</MaxReturned>"
            + "<ActiveStatus>All</ActiveStatus><OwnerID>0</OwnerID></VendorQueryRq><CompanyQueryRq requestID=\"c\"/>"
        #expect(MessageRules.check(Self.document(query), edition: .us) == [])
    }

    @Test(arguments: [
        ("TxnDel", "Bill", true), ("TxnDel", "PurchaseOrder", true), ("TxnDel", "Estimate", true),
        ("TxnDel", "BillPaymentCheck", true), ("TxnDel", "Vendor", false), ("TxnDel", "Invoice", false),
        ("TxnVoid", "Bill", true), ("TxnVoid", "BillPaymentCheck", true), ("TxnVoid", "PurchaseOrder", false),
        ("TxnVoid", "Estimate", false),
    ])
    func whatIsTakenOutHasAKindThatQuickBooksLetsGo(_ request: String, _ kind: String, _ isRight: Bool) {
        let type = "<\(request)Type>\(kind)</\(request)Type>"
        func problems(_ body: String) -> [Problem] {
            MessageRules.check(Self.document("<\(request)Rq requestID=\"r\">\(body)</\(request)Rq>"), edition: .us)
        }
        #expect(problems(type + "<TxnID>1A2B-1772500000</TxnID>").isEmpty == isRight)
        #expect(!problems(type).isEmpty && !problems("<TxnID>1-1</TxnID>" + type).isEmpty)
        #expect(!problems(type + "<TxnID>1-1</TxnID><IncludeRetElement>TxnID</IncludeRetElement>").isEmpty)
    }

    @Test(arguments: [
        ("Rocky Mtn Rebar LLC", String(repeating: "x", count: 42), "42 characters"),
        ("Rocky Mtn Rebar LLC", String(repeating: "&#233;", count: 42), "42 characters"),
        ("Rocky Mtn Rebar LLC", "A:B", "colon"), ("Rocky Mtn Rebar LLC", "", "name is empty"),
        ("Rocky Mtn Rebar LLC", "  ", "name is empty"), ("Rocky Mtn Rebar LLC", "Café", "outside ASCII"),
        ("Rocky Mtn Rebar LLC", "&#65533;", "lost character"), ("Rocky Mtn Rebar LLC", "&#26481;", "cannot store"),
        ("Rocky Mtn Rebar LLC", "&who;", "unescaped"), ("Rocky Mtn Rebar LLC", "a > b", "unescaped"),
        ("Rocky Mtn Rebar LLC", "&#1;", "forbids"), ("Rocky Mtn Rebar LLC", "a\u{1}", "control character"),
        ("<Name>Rocky Mtn Rebar LLC</Name>", "", "Name is missing"),
        ("<Name>Rocky Mtn Rebar LLC</Name>", "<Name>A</Name><Name>B</Name>", "twice"),
        ("<Name>Rocky Mtn Rebar LLC</Name>", "<CompanyName>A</CompanyName><Name>B</Name>", "stands after CompanyName"),
        ("<Addr1>", "<Addr5>x</Addr5><Addr1>", "stands after"), ("</Addr1>", "</Addr1><Addr5>x</Addr5>", "together"),
        ("</Addr1>", "</Addr1><Addr4>x</Addr4>", "together"), ("1000.00", "1,000.00", "amount"),
        ("1000.00", "10.5", "amount"), ("1000.00", "", "empty"), ("1000.00", "12345678901234", "amount"),
        ("<CreditLimit>", "<TermsRef/><CreditLimit>", "reference is empty"),
        ("<CreditLimit>", "<TermsRef><ListID>1-1</ListID><FullName>x</FullName></TermsRef><CreditLimit>", "Only one"),
        ("<CreditLimit>", "<Surprise>1</Surprise><CreditLimit>", "does not know"),
        ("<CreditLimit>", "<Surprise><A><B/></A></Surprise><CreditLimit>", "does not know"),
        ("</CreditLimit>", "</CreditLimit><IsSalesTaxAgency>true</IsSalesTaxAgency>", "Canadian"),
        ("</CreditLimit>", "</CreditLimit><ExternalGUID>0b7f3c1e</ExternalGUID>", "GUID"),
        ("<VendorAddress>", "<IsActive>yes</IsActive><VendorAddress>", "true or false"),
        ("VendorAddRq", "VendorDelRq", "not one"),
        ("<VendorAdd>", "<VendorAdd defMacro=\"x\">", "attribute"), (" requestID=\"r1\"", "", "no requestID"),
        ("r1", String(repeating: "r", count: 51), "51 characters"),
        ("\"r1\"", "\"r1\" iterator=\"Start\"", "attribute"),
        ("onError=\"stopOnError\"", "oldMessageSetID=\"1\"", "onError"), ("stopOnError", "rollbackOnError", "onError"),
        ("onError", "newMessageSetID=\"123456789012345678901234\" onError", "24 characters"), ("13.0", "12.0", "12.0"),
        ("</QBXML>", "", "missing"), ("</VendorAdd>", "", "closed"), ("</QBXML>\n", "</QBXML><x/>", "follows"),
        ("<City>Casper</City>", "<City><B>Casper</B></City>", "another"),
        ("<Name>", "<!-- x --><Name>", "name is missing"),
    ])
    func whatQuickBooksWouldRefuseStays(_ from: String, _ to: String, _ words: String) throws {
        let text = String(decoding: Self.document(Self.vendor), as: UTF8.self)
        let changed = text.replacing(from, with: to)
        #expect(changed != text)
        let problems = MessageRules.check(Array(changed.utf8), edition: .us)
        #expect(!problems.isEmpty)
        #expect(problems.contains { $0.what.contains(words) }, "\(problems.map { $0.what })")
    }

    @Test func problemsSayWhere() throws {
        let text = String(decoding: Self.document(Self.vendor + Self.vendor.replacing("r1", with: "r2")), as: UTF8.self)
        let changed = text.replacing("Casper", with: String(repeating: "x", count: 32))
        let problems = MessageRules.check(Array(changed.utf8), edition: .us)
        #expect(problems.map { $0.record } == ["r1", "r2"])
        #expect(problems.map { $0.field } == Array(repeating: "VendorAdd/VendorAddress/City", count: 2))
        let twice = MessageRules.check(Self.document(Self.vendor + Self.vendor), edition: .us)
        #expect(twice.contains { $0.what.contains("same requestID") })
    }

    @Test(arguments: [
        ("VendorMod", "<ListID>1-1</ListID><EditSequence>1</EditSequence><Phone></Phone><TermsRef/><CreditLimit/>", ""),
        ("VendorMod", "<ListID>1-1</ListID><EditSequence>1</EditSequence><Name></Name>", "name is empty"),
        ("VendorMod", "<ListID>1-1</ListID><EditSequence>12345678901234567</EditSequence>", "17 characters"),
        ("VendorMod", "<EditSequence>1</EditSequence>", "ListID is missing"),
        (
            "VendorMod",
            "<ListID>1-1</ListID><EditSequence>1</EditSequence><VendorAddress><Addr1>a</Addr1><Addr4/><Addr5></Addr5>"
                + "<City>c</City></VendorAddress>", ""
        ),
        ("CustomerAdd", "<Name>a</Name><ItemSalesTaxRef><FullName>x</FullName></ItemSalesTaxRef>", ""),
        ("CustomerAdd", "<Name>a</Name><JobStatus>awarded</JobStatus>", "one of Awarded"),
        ("CustomerAdd", "<Name>a</Name><JobStartDate>2026-02-30</JobStartDate>", "a date such as"),
        (
            "CustomerAdd",
            "<Name>a</Name><BillAddress><Addr1>a</Addr1><Addr2>a</Addr2><Addr3>a</Addr3><City>c</City><Country>d</Country>"
                + "</BillAddress>", ""
        ),
        (
            "CustomerAdd",
            "<Name>a</Name><BillAddress><Addr1>a</Addr1><Addr2>a</Addr2><Addr3>a</Addr3><Addr4>a</Addr4><Addr5>a</Addr5>"
                + "<Country>d</Country></BillAddress>", "6 printed lines"
        ),
        ("ItemServiceAdd", "<Name>a</Name>", "is needed"),
        ("ItemServiceAdd", "<Name>a</Name><SalesOrPurchase><Price>1</Price></SalesOrPurchase>", ""),
        (
            "ItemServiceAdd",
            "<Name>a</Name><SalesOrPurchase><Price>1</Price><PricePercent>1</PricePercent></SalesOrPurchase>",
            "Only one"
        ),
        ("ItemServiceAdd", "<Name>12345678901234567890123456789012</Name><SalesOrPurchase/>", "32 characters"),
        ("EstimateAdd", "<CustomerRef><ListID>1-1</ListID></CustomerRef>", "EstimateLineAdd is missing"),
        (
            "BillAdd",
            "<VendorRef><ListID>1-1</ListID></VendorRef><ItemLineAdd><ItemRef><ListID>1-1</ListID></ItemRef><LinkToTxn>"
                + "<TxnID>1</TxnID><TxnLineID>2</TxnLineID></LinkToTxn></ItemLineAdd>", "together"
        ),
        (
            "BillMod", "<TxnID>1</TxnID><EditSequence>1</EditSequence><ClassRef><FullName>x</FullName></ClassRef>",
            "only from qbXML 15.0"
        ),
        (
            "BillMod", "<TxnID>1</TxnID><EditSequence>1</EditSequence><VendorRef/>", "reference is empty"
        ),
        (
            "BillPaymentCheckAdd",
            "<PayeeEntityRef><ListID>1-1</ListID></PayeeEntityRef><BankAccountRef><FullName>C</FullName></BankAccountRef>"
                + "<AppliedToTxnAdd><TxnID>1</TxnID></AppliedToTxnAdd>", "is needed"
        ),
    ])
    func rulesOfOtherRequests(_ name: String, _ inside: String, _ words: String) {
        let body = "<\(name)Rq requestID=\"r1\"><\(name)>\(inside)</\(name)></\(name)Rq>"
        let problems = MessageRules.check(Self.document(body), edition: .us)
        if words.isEmpty {
            #expect(problems == [])
        } else {
            #expect(problems.contains { $0.what.contains(words) }, "\(problems.map { $0.what })")
        }
    }

    @Test func brokenDocumentsNeverTrap() {
        let document = Self.document(Self.vendor)
        for end in 0..<document.count - 1 {
            #expect(!MessageRules.check(Array(document[..<end]), edition: .us).isEmpty)
        }
        var random = Seeded(seed: 1)
        for _ in 0..<3_000 {
            var changed = document
            for _ in 0..<3 {
                let place = Int.random(in: 0..<changed.count, using: &random)
                changed[place] = Array("<>/&;\"=x \n\u{7}".utf8).randomElement(using: &random) ?? 0
            }
            _ = MessageRules.check(changed, edition: .us)
        }
    }

    // needs ../shared
    @Test(.enabled(if: Shared.exists), arguments: Shared.samples { $0.contains("Rq") && !$0.contains("JobReport") })
    func sampleRequestsMayLeave(_ sample: String) throws {
        let root = try Element.parse(try Shared.bytes(sample))
        let set = try #require(root.first("QBXMLMsgsRq"))
        let requests = set.children.enumerated().map { index, request in
            var body = XMLWriter()
            for child in request.children { body.element(child) }
            let others = request.attributes.filter { $0.key != "requestID" }.sorted { $0.key < $1.key }
            return MessageSet.Request(
                request.name, requestID: request.attributes["requestID"] ?? "r\(index)",
                attributes: others.map { (name: $0.key, value: $0.value) }, body: body.bytes)
        }
        let document = MessageSet(version: .v13, onError: .stopOnError, requests: requests).rendered()
        let problems = MessageRules.check(document, edition: .us)
        // The SDK's own samples also show messages that are never sent from here.
        let unknown = problems.filter {
            $0.what.contains("not one that may be sent") || $0.what.contains("does not know")
        }
        #expect(problems == (sample.hasPrefix("sdk") ? unknown : []))
        guard XMLLint.exists else { return }
        #expect(try XMLLint.complaints(document, .us, .v13) == "")
    }

    // needs ../shared
    @Test(.enabled(if: Shared.exists && XMLLint.exists), arguments: Edition.allCases, QBXMLVersion.allCases)
    func whatTheTablesAllowIsValid(_ edition: Edition, _ version: QBXMLVersion) throws {
        var maker = DocumentMaker(random: Seeded(seed: 7), edition: edition, version: version)
        let document = maker.document(rounds: 12)
        #expect(MessageRules.check(document, edition: edition) == [])
        #expect(try XMLLint.complaints(document, edition, version) == "")
    }
}
