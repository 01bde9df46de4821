import QBXML
import Sandbox
import Testing

/// The sandbox's responses against Intuit's schemas.
@Suite struct SchemaTests {
    static let vendor = """
        <Name>Rocky Rebar</Name><IsActive>true</IsActive><CompanyName>Rocky Mountain Rebar</CompanyName>\
        <FirstName>Ann</FirstName><LastName>Ridge</LastName>\(address)\
        <ShipAddress><Addr1>Yard 2</Addr1></ShipAddress><Phone>307-555-0144</Phone><Email>ap@example.com</Email>\
        <AdditionalContactRef><ContactName>Main</ContactName><ContactValue>1</ContactValue></AdditionalContactRef>\
        <AdditionalContactRef><ContactName>Fax</ContactName><ContactValue>2</ContactValue></AdditionalContactRef>\
        <Contacts><FirstName>Bo</FirstName></Contacts><AccountNumber>88</AccountNumber><Notes>Line 1\nLine 2</Notes>\
        <AdditionalNotes><Note>n</Note></AdditionalNotes><TermsRef><FullName>Net 30</FullName></TermsRef>\
        <CreditLimit>5000</CreditLimit><VendorTaxIdent>00-0000000</VendorTaxIdent><OpenBalance>1.00</OpenBalance>\
        <ExternalGUID>{0b7f3c1e-1111-4222-8333-444455556666}</ExternalGUID>\
        <PrefillAccountRef><FullName>Office Expenses</FullName></PrefillAccountRef>
        """

    static let job = """
        <Name>Gym &#8212; Addition</Name><ParentRef><FullName>Northgate</FullName></ParentRef>\
        <BillAddress><Addr1>Northgate</Addr1><City>Riverton</City></BillAddress>\
        <ShipAddress><Addr1>1400 Oak St</Addr1><City>Riverton</City><State>WY</State><Country>US</Country></ShipAddress>\
        <ShipToAddress><Name>Site</Name><Addr1>1</Addr1><DefaultShipTo>true</DefaultShipTo></ShipToAddress>\
        <SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef><CreditLimit>10.50</CreditLimit>\
        <JobStatus>Awarded</JobStatus><JobStartDate>2026-03-02</JobStartDate><JobDesc>Gym</JobDesc><Notes>n</Notes>\
        <PreferredDeliveryMethod>Email</PreferredDeliveryMethod>
        """

    // Needs ../shared and xmllint.
    @Test(.enabled(if: Shared.hasSchemas), arguments: Edition.allCases)
    func responsesAreValid(_ edition: Edition) throws {
        let test = try TestCompany(edition: edition)
        let requests =
            [
                added("Vendor", Self.vendor), added("Customer", "<Name>Northgate</Name>"), added("Customer", Self.job),
                added("ItemService", "<Name>03 Concrete</Name>" + twoSides),
                added("ItemService", "<Name>Labor</Name><SalesOrPurchase><Price>35.12500</Price></SalesOrPurchase>"),
                added("Vendor", "<Name>Rocky Rebar</Name>"), "<InvoiceAddRq/>",
                "<VendorQueryRq metaData=\"MetaDataAndResponseData\"/>",
                "<VendorQueryRq><FullName>X</FullName></VendorQueryRq>",
            ]
            + ["Customer", "Employee", "OtherName", "Entity", "Item", "ItemService", "ItemNonInventory", "Account"]
            .map { "<\($0)QueryRq/>" }
            + ["Terms", "StandardTerms", "SalesTaxCode", "Host", "Company", "Preferences"].map { "<\($0)QueryRq/>" }
        let vendor =
            "<VendorModRq><VendorMod><ListID>80000003-1700000025</ListID><EditSequence>1</EditSequence></VendorMod></VendorModRq>"
        for attributes in ["", "newMessageSetID=\"s\"", "newMessageSetID=\"s\"", "oldMessageSetID=\"s\""] {
            let request = document(
                requests.joined() + vendor, attributes: "onError=\"continueOnError\" " + attributes)
            guard case .response(let response) = try test.company.answer(Array(request.utf8)) else {
                Issue.record("refused")
                return
            }
            for version in [130, 160] {
                let schema = Shared.schema(edition.rawValue, version)
                let result = try Shared.run(
                    "xmllint", ["--noout", "--nonet", "--schema", schema, "-"], input: response)
                #expect(result.status == 0, "\(result.output)")
            }
        }
    }

    // Needs ../shared and xmllint.
    @Test(.enabled(if: Shared.hasSchemas))
    func theRequestsOfTheseTestsAreValid() throws {
        let filters = QueryTests.filters.map { "<VendorQueryRq>\($0.0)</VendorQueryRq>" }
        let requests = [added("Vendor", Self.vendor), added("Customer", Self.job)] + filters
        let arguments = ["--noout", "--nonet", "--schema", Shared.schema("us", 130), "-"]
        let result = try Shared.run("xmllint", arguments, input: Array(document(requests.joined()).utf8))
        #expect(result.status == 0, "\(result.output)")
    }
}
