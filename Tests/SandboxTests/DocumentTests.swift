import Domain
import Foundation
import QBXML
import Sandbox
import Testing

/// What QuickBooks refuses whole, with 0x80040400.
@Suite struct DocumentTests {
    static let vendor = "<VendorAddRq requestID=\"1\"><VendorAdd><Name>Rocky Rebar</Name></VendorAdd></VendorAddRq>"

    static let refused: [(String, String)] = [
        ("cut short", String(document(vendor).dropLast(12))),
        ("not XML", "Name,Phone"),
        ("empty", ""),
        ("raw bytes", document(added("Vendor", "<Name>Café</Name>"))),
        ("no version", document(vendor).replacingOccurrences(of: "<?qbxml version=\"13.0\"?>", with: "")),
        ("unknown version", document(vendor, version: "17.0")),
        ("no number as version", document(vendor, version: "latest")),
        ("DOCTYPE", document(vendor).replacingOccurrences(of: "<QBXML>", with: "<!DOCTYPE QBXML><QBXML>")),
        ("no onError", document(vendor, attributes: "")),
        ("rollbackOnError", document(vendor, attributes: "onError=\"rollbackOnError\"")),
        ("unknown request", document("<VendorAddendumRq/>")),
        ("unknown element", document(added("Vendor", "<Name>A</Name><Colour>red</Colour>"))),
        ("wrong order", document(added("Vendor", "<Phone>1</Phone><Name>A</Name>"))),
        ("twice", document(added("Vendor", "<Name>A</Name><Name>B</Name>"))),
        ("no name", document(added("Vendor", "<Phone>1</Phone>"))),
        ("no side of the item", document(added("ItemService", "<Name>A</Name>"))),
        ("both sides of the item", document(added("ItemService", "<Name>A</Name><SalesOrPurchase/>" + twoSides))),
        ("unknown word", document(added("Customer", "<Name>A</Name><JobStatus>Won</JobStatus>"))),
        ("field of the other edition", document(added("Vendor", "<Name>A</Name><IsTaxOnTax>true</IsTaxOnTax>"))),
        ("unknown attribute", document("<VendorQueryRq requestID=\"1\" sort=\"Name\"/>")),
        (
            "ids and filters",
            document("<VendorQueryRq><ListID>8-1</ListID><ActiveStatus>All</ActiveStatus></VendorQueryRq>")
        ),
        ("deletion of no kind", document("<TxnDelRq><TxnDelType>Nothing</TxnDelType><TxnID>1-1</TxnID></TxnDelRq>")),
        ("deletion without an id", document("<TxnDelRq><TxnDelType>Check</TxnDelType></TxnDelRq>")),
        (
            "deletion of two",
            document("<ListDelRq><ListDelType>Vendor</ListDelType><ListID>8-1</ListID><ListID>8-2</ListID></ListDelRq>")
        ),
        (
            "void of an order",
            document("<TxnVoidRq><TxnVoidType>PurchaseOrder</TxnVoidType><TxnID>1-1</TxnID></TxnVoidRq>")
        ),
        ("deletions of no kind", document("<TxnDeletedQueryRq/>")),
        (
            "deletions in pages",
            document("<ListDeletedQueryRq iterator=\"Start\"><ListDelType>Vendor</ListDelType></ListDeletedQueryRq>")
        ),
        ("check of no account", document(added("Check", Cost.expense("1.00")))),
        ("check with its number late", document(added("Check", Cost.checking + Txn.date + "<RefNumber>1</RefNumber>"))),
        (
            "charge with its number early",
            document(added("CreditCardCharge", Cost.card + "<RefNumber>1</RefNumber>" + Txn.date))
        ),
        ("time without a duration", document(added("TimeTracking", Cost.entity("Dana Whitfield")))),
        ("links of a journal entry", document(Txn.query("JournalEntry", "", links: true))),
        ("lines of times", document(Txn.query("TimeTracking", ""))),
        ("text between elements", document("<VendorAddRq>x<VendorAdd><Name>A</Name></VendorAdd></VendorAddRq>")),
    ]

    @Test(arguments: refused)
    func isRefusedWhole(_ name: String, _ document: String) throws {
        let test = try TestCompany()
        let before = try test.company.contents()
        guard case .refused(let hresult, let message) = try test.company.answer(Array(document.utf8)) else {
            Issue.record("\(name) was answered")
            return
        }
        #expect(hresult == "0x80040400")
        #expect(message.hasPrefix("QuickBooks found an error when parsing the provided XML text stream."))
        #expect(try test.company.contents() == before)
    }

    @Test(arguments: ["13.0", "14.0", "15.0", "16.0", "8.0"])
    func everyKnownVersionIsTaken(_ version: String) throws {
        let test = try TestCompany()
        let answer = try test.response(document(Self.vendor, version: version))
        #expect(answer.children.first?.attributes["statusCode"] == "0")
    }

    @Test func theResponseIsLaidOutAsQuickBooksDoes() throws {
        let test = try TestCompany()
        let request = document(
            added("Vendor", "<Name>Ren&#233;e &amp; Fils</Name>", requestID: "v-1")
                + "<InvoiceQueryRq requestID=\"b\"/>")
        guard case .response(let bytes) = try test.company.answer(Array(request.utf8)) else { return }
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                <?xml version="1.0" ?>
                <QBXML>
                <QBXMLMsgsRs>
                <VendorAddRs requestID="v-1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
                <VendorRet>
                <ListID>80000003-1700000025</ListID>
                <TimeCreated>2023-11-14T15:13:45-07:00</TimeCreated>
                <TimeModified>2023-11-14T15:13:45-07:00</TimeModified>
                <EditSequence>1700000025</EditSequence>
                <Name>Ren&#233;e &amp; Fils</Name>
                <IsActive>true</IsActive>
                <NameOnCheck>Ren&#233;e &amp; Fils</NameOnCheck>
                <IsVendorEligibleFor1099>false</IsVendorEligibleFor1099>
                <Balance>0.00</Balance>
                </VendorRet>
                </VendorAddRs>
                <InvoiceQueryRs requestID="b" statusCode="1030" statusSeverity="Error" statusMessage="The request is not \
                supported by the sandbox." />
                </QBXMLMsgsRs>
                </QBXML>

                """)
    }

    @Test(arguments: [
        added("Vendor", SchemaTests.vendor), added("Customer", SchemaTests.job),
        added("ItemService", "<Name>03 Concrete</Name>" + twoSides),
        "<VendorQueryRq requestID=\"1\"><ActiveStatus>All</ActiveStatus></VendorQueryRq>",
        "<EntityQueryRq requestID=\"1\"><FullName>Northgate</FullName></EntityQueryRq>",
    ])
    func whatTheMessageRulesAcceptIsAnswered(_ request: String) throws {
        let sent = Array(document(request).utf8)
        #expect(MessageRules.check(sent, edition: .us) == [])
        let test = try TestCompany()
        guard case .response = try test.company.answer(sent) else {
            Issue.record("refused")
            return
        }
    }

    @Test func theSameRequestsGiveTheSameAnswers() throws {
        let (one, other) = (try TestCompany(), try TestCompany())
        let requests = [Self.vendor, Self.vendor, "<VendorQueryRq/>"].map { document($0) }
        for request in requests {
            #expect(try one.company.answer(Array(request.utf8)) == other.company.answer(Array(request.utf8)))
        }
    }

    @Test func theCompanyIsFoundAgain() throws {
        let test = try TestCompany()
        _ = try test.add("Vendor", "<Name>Rocky Rebar</Name>")
        let again = try SandboxCompany(path: test.path, edition: .us)
        #expect(try again.contents() == test.company.contents())
        #expect(throws: Problem.self) { try SandboxCompany(path: test.path, edition: .ca) }
    }

    @Test func anotherFileIsNoCompany() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString).sqlite").path
        try Data(String(repeating: "Name,Phone\n", count: 200).utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: Problem.self) { try SandboxCompany(path: path, edition: .us) }
    }
}
