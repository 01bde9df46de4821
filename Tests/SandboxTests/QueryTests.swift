import QBXML
import Sandbox
import Testing

@Suite struct QueryTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
        for name in ["Rocky Rebar", "Riverton Lumber", "Acme Hauling"] {
            _ = try test.add("Vendor", "<Name>\(name)</Name>")
        }
        _ = try test.add("Vendor", "<Name>Closed Quarry</Name><IsActive>false</IsActive>")
        _ = try test.add("Customer", "<Name>Northgate</Name>")
        _ = try test.add("Customer", "<Name>Gym</Name><ParentRef><FullName>Northgate</FullName></ParentRef>")
        _ = try test.add("ItemService", "<Name>03 Concrete</Name>" + twoSides)
    }

    func names(_ request: String, status: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String]
    {
        try test.ask(request, status: status, sourceLocation: sourceLocation).children.compactMap {
            $0["FullName"] ?? $0["Name"]
        }
    }

    static let filters: [(String, [String])] = [
        ("", ["Acme Hauling", "Riverton Lumber", "Rocky Rebar"]),
        ("<ActiveStatus>All</ActiveStatus>", ["Acme Hauling", "Closed Quarry", "Riverton Lumber", "Rocky Rebar"]),
        ("<ActiveStatus>InactiveOnly</ActiveStatus>", ["Closed Quarry"]),
        ("<MaxReturned>2</MaxReturned>", ["Acme Hauling", "Riverton Lumber"]),
        (
            "<NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>r</Name></NameFilter>",
            ["Riverton Lumber", "Rocky Rebar"]
        ),
        ("<NameFilter><MatchCriterion>Contains</MatchCriterion><Name>EBA</Name></NameFilter>", ["Rocky Rebar"]),
        ("<NameFilter><MatchCriterion>EndsWith</MatchCriterion><Name>ing</Name></NameFilter>", ["Acme Hauling"]),
        ("<NameRangeFilter><FromName>b</FromName><ToName>ri</ToName></NameRangeFilter>", ["Riverton Lumber"]),
        ("<FromModifiedDate>2023-11-14T15:13:47-07:00</FromModifiedDate>", ["Acme Hauling"]),
        (
            "<FromModifiedDate>2023-11-14</FromModifiedDate><ToModifiedDate>2023-11-14T22:13:45+00:00</ToModifiedDate>",
            ["Rocky Rebar"]
        ),
    ]

    @Test(arguments: filters)
    func vendorsAreFiltered(_ filter: String, _ wanted: [String]) throws {
        #expect(try names("<VendorQueryRq>\(filter)</VendorQueryRq>") == wanted)
    }

    @Test func nothingFoundIsStatus1() throws {
        let later = "<FromModifiedDate>2030-01-01</FromModifiedDate>"
        let answer = try test.ask("<VendorQueryRq requestID=\"q\">\(later)</VendorQueryRq>", status: 1)
        #expect(answer.attributes["statusSeverity"] == "Info")
        #expect(
            answer.attributes["statusMessage"] == "A query request did not find a matching object in QuickBooks")
    }

    @Test func theFoundOnesComeBesideTheMissingOnes() throws {
        let request = "<FullName>rocky rebar</FullName><FullName>Test Vendor</FullName>"
        let answer = try test.ask("<VendorQueryRq>\(request)</VendorQueryRq>", status: 500)
        #expect(answer.attributes["statusSeverity"] == "Warn")
        #expect(
            answer.attributes["statusMessage"]
                == "The query request has not been fully completed. There was a required element (\"Test Vendor\") "
                + "that could not be found in QuickBooks.")
        #expect(answer.all("VendorRet").map { $0["Name"] } == ["Rocky Rebar"])
        #expect(try names("<VendorQueryRq><FullName>Nobody</FullName></VendorQueryRq>", status: 500) == [])
        #expect(try names("<VendorQueryRq><ListID>80000077-1</ListID></VendorQueryRq>", status: 500) == [])
        // A customer is not found as a vendor.
        #expect(try names("<VendorQueryRq><FullName>Northgate</FullName></VendorQueryRq>", status: 500) == [])
    }

    @Test func queriesAcrossKinds() throws {
        #expect(try names("<ItemQueryRq/>") == ["03 Concrete", "Fasteners"])
        let holder = try test.ask("<EntityQueryRq><FullName>Dana Whitfield</FullName></EntityQueryRq>", status: 0)
        #expect(holder.children.map(\.name) == ["EmployeeRet"])
        let kinds = try test.ask("<EntityQueryRq/>", status: 0).children.map(\.name)
        #expect(
            kinds == [
                "VendorRet", "OtherNameRet", "EmployeeRet", "CustomerRet", "CustomerRet", "VendorRet", "VendorRet",
            ])
        let banks = "<AccountQueryRq><AccountType>Bank</AccountType></AccountQueryRq>"
        #expect(try names(banks) == ["Checking"])
        #expect(try names("<CustomerQueryRq/>") == ["Northgate", "Northgate:Gym"])
        #expect(try names("<TermsQueryRq/>") == ["Due on receipt", "Net 30"])
    }

    @Test func onlyWhatIsAskedForIsReturned() throws {
        let only = "<IncludeRetElement>ListID</IncludeRetElement><IncludeRetElement>Name</IncludeRetElement>"
        let request = "<VendorQueryRq><MaxReturned>1</MaxReturned>\(only)</VendorQueryRq>"
        let vendor = try #require(try test.ask(request, status: 0).first("VendorRet"))
        #expect(vendor.children.map(\.name) == ["ListID", "Name"])
        let counted = try test.ask("<VendorQueryRq metaData=\"MetaDataOnly\"/>", status: 0)
        #expect(counted.attributes["retCount"] == "3")
        #expect(counted.children.isEmpty)
        _ = try test.ask("<VendorQueryRq iterator=\"Start\"><MaxReturned>1</MaxReturned></VendorQueryRq>", status: 1030)
        _ = try test.ask("<VendorQueryRq><MaxReturned>0</MaxReturned></VendorQueryRq>", status: 3085)
    }

    @Test func hostCompanyAndPreferences() throws {
        let host = try test.ask("<HostQueryRq requestID=\"1\"/>", status: 0)
        #expect(host["HostRet/Country"] == "US")
        #expect(host.first("HostRet")?.all("SupportedQBXMLVersion").map(\.text).contains("16.0") == true)
        let company = try test.ask("<CompanyQueryRq requestID=\"1\"/>", status: 0)
        #expect(company["CompanyRet/CompanyName"] == "Sandbox Construction Company")
        let preferences = try test.ask("<PreferencesQueryRq requestID=\"2\"/>", status: 0)
        #expect(preferences["PreferencesRet/JobsAndEstimatesPreferences/IsUsingEstimates"] == "true")
    }
}
