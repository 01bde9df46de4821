import Sandbox
import Testing

/// Adding and changing vendors, customers, jobs and items.
@Suite struct ListTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
    }

    static let refusals: [(Int, String)] = [
        (3090, added("Vendor", "<Name></Name>")),
        (3090, added("Vendor", "<Name>A:B</Name>")),
        (3070, added("Vendor", "<Name>\(String(repeating: "x", count: 42))</Name>")),
        (3070, added("ItemService", "<Name>\(String(repeating: "x", count: 32))</Name>" + twoSides)),
        (
            3070,
            added(
                "Vendor",
                "<Name>A</Name><VendorAddress><State>\(String(repeating: "x", count: 22))</State></VendorAddress>")
        ),
        (3040, added("Vendor", "<Name>A</Name><CreditLimit>246.9</CreditLimit>")),
        (3045, added("ItemService", "<Name>A</Name><SalesOrPurchase><Price>1,000.00</Price></SalesOrPurchase>")),
        (
            3050,
            added("ItemService", "<Name>A</Name><SalesOrPurchase><PricePercent>5%</PricePercent></SalesOrPurchase>")
        ),
        (3010, added("Vendor", "<Name>A</Name><IsActive>yes</IsActive>")),
        (3020, added("Customer", "<Name>A</Name><JobStartDate>2026-02-30</JobStartDate>")),
        (3020, added("Customer", "<Name>A</Name><JobStartDate>30.04.2026</JobStartDate>")),
        (3065, added("Vendor", "<Name>A</Name><ExternalGUID>0b7f3c1e</ExternalGUID>")),
        (
            3205,
            added(
                "Vendor", "<Name>A</Name><VendorAddress><Addr1>1</Addr1><Addr5>5</Addr5><City>C</City></VendorAddress>")
        ),
        (
            3205,
            added(
                "Vendor",
                "<Name>A</Name><VendorAddress><Addr1>1</Addr1><Addr2>2</Addr2><Addr3>3</Addr3><Addr4>4</Addr4><Addr5>5</Addr5><Country>US</Country></VendorAddress>"
            )
        ),
        (3140, added("Vendor", "<Name>A</Name><TermsRef><FullName>Net 999</FullName></TermsRef>")),
        (3130, added("Customer", "<Name>A</Name><ParentRef><FullName>Nobody</FullName></ParentRef>")),
        (3130, added("Customer", "<Name>A</Name><ParentRef><ListID>80000001-1700000001</ListID></ParentRef>")),
        (3000, added("Customer", "<Name>A</Name><ParentRef><ListID>first one</ListID></ParentRef>")),
        (
            3120,
            "<VendorModRq><VendorMod><ListID>80000099-1700000001</ListID><EditSequence>1</EditSequence></VendorMod></VendorModRq>"
        ),
        (1060, added("Vendor", "<Name>A</Name>", requestID: String(repeating: "r", count: 51))),
        (1030, "<InvoiceAddRq requestID=\"1\"><InvoiceAdd><TxnDate>2026-01-01</TxnDate></InvoiceAdd></InvoiceAddRq>"),
        (3100, added("Vendor", "<Name>dana  whitfield</Name>")),
        (3100, added("Customer", "<Name> County Clerk </Name>")),
        (3100, added("ItemService", "<Name>FASTENERS</Name>" + twoSides)),
    ]

    @Test(arguments: refusals)
    func oneRequestIsRefused(_ status: Int, _ request: String) throws {
        let before = try test.company.contents()
        let answer = try test.ask(request, status: status)
        #expect(answer.children.isEmpty)
        #expect(try test.company.contents() == before)
    }

    @Test func vendorsAndTopLevelCustomersShareNames() throws {
        _ = try test.add("Vendor", "<Name>Northgate</Name>")
        let answer = try test.ask(added("Customer", "<Name>northgate</Name>"), status: 3100)
        #expect(answer.attributes["statusMessage"] == "The name \"northgate\" of the list element is already in use.")
        #expect(answer.attributes["requestID"] == "1")
        _ = try test.add("Customer", "<Name>Riverton</Name>")
        let job = try test.add("Customer", "<Name>Northgate</Name><ParentRef><FullName>riverton</FullName></ParentRef>")
        #expect(job["FullName"] == "Riverton:Northgate")
        #expect(job["Sublevel"] == "1")
        let twin = added("Customer", "<Name>NORTHGATE</Name><ParentRef><FullName>Riverton</FullName></ParentRef>")
        _ = try test.ask(twin, status: 3100)
    }

    @Test func jobsGoFiveLevelsDeep() throws {
        var parent = ""
        for level in 1...5 {
            let reference = parent.isEmpty ? "" : "<ParentRef><FullName>\(parent)</FullName></ParentRef>"
            parent = try test.add("Customer", "<Name>Level \(level)</Name>" + reference)["FullName"] ?? ""
        }
        #expect(parent == "Level 1:Level 2:Level 3:Level 4:Level 5")
        let sixth = added("Customer", "<Name>Level 6</Name><ParentRef><FullName>\(parent)</FullName></ParentRef>")
        _ = try test.ask(sixth, status: 3210)
        // Nor by putting the whole line under another customer.
        let top = try test.add("Customer", "<Name>Level 0</Name>")
        let first = try #require(try test.ask("<CustomerQueryRq><FullName>Level 1</FullName></CustomerQueryRq>").first)
        let ret = try #require(first.first("CustomerRet"))
        let above = "<ParentRef><ListID>\(top["ListID"] ?? "")</ListID></ParentRef>"
        _ = try test.modify("Customer", ret, above, status: 3210)
        let below = "<ParentRef><FullName>Level 1:Level 2</FullName></ParentRef>"
        _ = try test.modify("Customer", ret, below, status: 3210)
    }

    @Test func anItemNamesAccountsThatExist() throws {
        let item = try test.add("ItemService", "<Name>03 Concrete</Name>" + twoSides)
        #expect(item["SalesAndPurchase/ExpenseAccountRef/FullName"] == "Job Expenses:Concrete")
        let missing = twoSides.replacing("Job Expenses:Concrete", with: "Job Expenses:Moon")
        let answer = try test.ask(added("ItemService", "<Name>04 Moon</Name>" + missing), status: 3140)
        #expect(
            answer.attributes["statusMessage"]
                == "There is an invalid reference to QuickBooks Account \"Job Expenses:Moon\" in the ItemService.  "
                + "QuickBooks error message: Invalid argument.  The specified record does not exist in the list.")
        let child = "<Name>03-30</Name><ParentRef><ListID>\(item["ListID"] ?? "")</ListID></ParentRef>"
        #expect(try test.add("ItemService", child + twoSides)["FullName"] == "03 Concrete:03-30")
    }

    @Test func aChangeLeavesWhatItDoesNotMention() throws {
        let old = try test.add("Vendor", "<Name>Rocky Rebar</Name>\(address)<Phone>1</Phone><Fax>2</Fax>")
        let fields = "<VendorAddress><Addr2>PO Box 9</Addr2></VendorAddress><Phone>3</Phone><Fax></Fax>"
        let new = try test.modify("Vendor", old, fields)
        #expect(new["VendorAddress/Addr1"] == "Rocky Rebar")
        #expect(new["VendorAddress/Addr2"] == "PO Box 9")
        #expect(new["VendorAddressBlock/Addr3"] == "Casper, WY 82601")
        #expect(new["Phone"] == "3")
        #expect(new["Fax"] == nil)
        #expect(new["ListID"] == old["ListID"])
        #expect(new["EditSequence"] != old["EditSequence"])
        #expect(new["TimeCreated"] == old["TimeCreated"])

        let stale = try test.modify("Vendor", old, "<Phone>4</Phone>", status: 3200)
        #expect(stale["EditSequence"] == new["EditSequence"])
        #expect(stale["Phone"] == "3")
        let bare = try test.ask(modified("Vendor", old, ""), status: 3200)
        let wanted = "The provided edit sequence \"\(old["EditSequence"] ?? "")\" is out-of-date. "
        #expect(bare.attributes["statusMessage"] == wanted)
    }

    @Test func aNewNameKeepsTheJobsUnderIt() throws {
        let owner = try test.add("Customer", "<Name>Northgate</Name>")
        _ = try test.add("Customer", "<Name>Gym</Name><ParentRef><FullName>Northgate</FullName></ParentRef>")
        _ = try test.modify("Customer", owner, "<Name>Northgate School District</Name>")
        let found = try test.ask(
            "<CustomerQueryRq><FullName>Northgate School District:Gym</FullName></CustomerQueryRq>", status: 0)
        #expect(found["CustomerRet/ParentRef/FullName"] == "Northgate School District")
        _ = try test.add("Vendor", "<Name>Northgate</Name>")
        let again = try test.ask(added("Customer", "<Name>Northgate</Name>"), status: 3100)
        #expect(again.children.isEmpty)
    }

    @Test func anItemChangesItsSide() throws {
        let item = try test.add("ItemService", "<Name>Labor</Name><SalesOrPurchase><Price>35</Price></SalesOrPurchase>")
        #expect(item["SalesOrPurchase/Price"] == "35.00")
        let percent = "<SalesOrPurchaseMod><PricePercent>5.50</PricePercent></SalesOrPurchaseMod>"
        let second = try test.modify("ItemService", item, percent)
        #expect(second["SalesOrPurchase/Price"] == nil)
        #expect(second["SalesOrPurchase/PricePercent"] == "5.50")
        let both = "<SalesAndPurchaseMod><PurchaseDesc>Work</PurchaseDesc></SalesAndPurchaseMod>"
        let third = try test.modify("ItemService", second, both)
        #expect(third.first("SalesOrPurchase") == nil)
        #expect(third["SalesAndPurchase/PurchaseDesc"] == "Work")
    }

    @Test func trueAndFalseAreAlsoOneAndZero() throws {
        #expect(try test.add("Vendor", "<Name>A</Name><IsActive>1</IsActive>")["IsActive"] == "true")
        #expect(try test.add("Vendor", "<Name>B</Name><IsActive>0</IsActive>")["IsActive"] == "false")
    }

    @Test func lettersThatCannotBeStoredBecomeQuestionMarks() throws {
        let vendor = try test.add("Vendor", "<Name>&#321;ukasz &#8211; Caf&#233; &#8364;</Name>")
        #expect(vendor["Name"] == "?ukasz \u{2013} Caf\u{e9} \u{20ac}")
    }

    @Test func stopOnErrorLeavesTheRest() throws {
        let vendors = ["Riverton Lumber", "Dana Whitfield", "Rocky Rebar"].map { added("Vendor", "<Name>\($0)</Name>") }
        let stopped = try test.ask(vendors.joined(), attributes: "onError=\"stopOnError\"")
        #expect(stopped.map { $0.attributes["statusCode"] } == ["0", "3100", "3231"])
        #expect(stopped[2].attributes["statusMessage"] == "The request has not been processed.")
        let all = try test.ask(vendors.joined())
        #expect(all.map { $0.attributes["statusCode"] } == ["3100", "3100", "0"])
    }

    @Test func aFaultHappensOnce() throws {
        try test.company.provoke(.statusOnce(code: 3175, request: "VendorAdd"))
        let again = try SandboxCompany(path: test.path, edition: .us)
        _ = try test.ask(added("Customer", "<Name>Northgate</Name>"), status: 0)
        let refused = try again.answer(Array(document(added("Vendor", "<Name>Rocky Rebar</Name>")).utf8))
        guard case .response(let bytes) = refused else { return }
        #expect(String(decoding: bytes, as: UTF8.self).contains("statusCode=\"3175\" statusSeverity=\"Error\""))
        _ = try test.ask(added("Vendor", "<Name>Rocky Rebar</Name>"), status: 0)
    }

    @Test func theContentsShowFields() throws {
        _ = try test.add("Vendor", "<Name>Rocky Rebar</Name>\(address)<TermsRef><FullName>net 30</FullName></TermsRef>")
        let vendor = try #require(try test.company.contents().last)
        #expect(vendor.type == "Vendor")
        #expect(vendor.fullName == "Rocky Rebar")
        #expect(vendor.fields["VendorAddress/City"] == "Casper")
        #expect(vendor.fields["TermsRef/FullName"] == "Net 30")
        #expect(vendor.fields["EditSequence"] == vendor.editSequence)
    }
}
