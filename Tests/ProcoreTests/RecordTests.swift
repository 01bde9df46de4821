import Domain
import Procore
import Testing

/// The records, from Procore's samples and from the fields that matter one by one.
@Suite struct RecordTests {
    private func rows(_ sample: String) throws -> [CSVRow] {
        var reader = CSVReader(MemorySource(try SharedSamples.bytes("domain/samples/procore/" + sample)))
        var rows: [CSVRow] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    @Test(.enabled(if: SharedSamples.exists)) func companiesOfAList() throws {
        let companies = try SharedSamples.records("vendors_list.json").map { try Company($0) }
        #expect(companies.map(\.id) == ["401101", "401102", "401103", "401104", "401105"])
        #expect(companies.allSatisfy { $0.isActive && $0.skipped == nil && $0.updatedAt == "2024-06-10T16:05:11Z" })
        let first = companies[0]
        #expect(first.name == "Cascade Concrete & Masonry, LLC")
        #expect(first.address == "5512 Port of Tacoma Rd")
        #expect(first.city == "Tacoma" && first.stateCode == "WA" && first.zip == "98421")
        #expect(first.businessPhone == "253-555-0117" && first.faxNumber == "253-555-0118")
        #expect(first.originID == "80000AB1-1716500000")
        #expect(first.originData == #"{"edit_sequence":"1716500031"}"#)
        #expect(first.editSequence == "1716500031")
        #expect(first.businessKey == first.name && first.nameAboveAddress == first.name && first.scope == nil)
        #expect(first.shown == "vendor 401101")
        #expect(companies[2].name == "Peña Drywall y Acabados S.A." && companies[2].address == "12 Calle Nº 5")
        #expect(companies[2].originID == nil && companies[2].editSequence == nil)
        // An empty text is no fax number.
        #expect(companies[3].faxNumber == nil && companies[3].zip == "98424-1022")
        #expect(companies[4].name == "Greater Metropolitan Electrical Contractors & Engineers")
        #expect(companies[4].address == nil && companies[4].nameAboveAddress == nil)
    }

    @Test(.enabled(if: SharedSamples.exists)) func companiesOfOtherShapes() throws {
        let minimal = try Company(try #require(try SharedSamples.records("vendor_show_minimal.json").first))
        #expect(minimal.id == "401106" && minimal.name == "Quick Rentals" && minimal.isActive)
        #expect(minimal.updatedAt == nil && minimal.businessPhone == nil)

        let answered = try SharedSamples.records("vendors_sync_response.json")
        #expect(answered.count == 2)
        let entity = try Company(answered[0])
        #expect(entity.id == "401107" && entity.originID == "80000AC9-1720500000")
        #expect(entity.editSequence == "1720500010")
        #expect(try answered[1].record("errors")?.strings("id") == ["Entity with this ID not found"])

        let request = try #require(try SharedSamples.records("vendors_sync_request.json").first)
        let updates = try #require(try request.records("updates")).map { try Company($0) }
        #expect(updates.map(\.id) == [nil, "401104"])
        #expect(updates[0].city == "Lacey" && updates[0].faxNumber == "360-555-0106")
        #expect(updates[1].name == nil && updates[1].businessPhone == "253-555-0133")
    }

    @Test(.enabled(if: SharedSamples.exists)) func companiesOfTheTemplate() throws {
        let rows = try rows("company_import_template.csv")
        let companies = try rows.map { try Company($0) }
        #expect(companies.map(\.id) == ["401101", "401102", "401103", "401104", "401105"])
        #expect(companies[0].name == "Cascade Concrete & Masonry, LLC" && companies[0].faxNumber == "253-555-0118")
        #expect(companies[1].businessPhone == "(206) 555-0190" && companies[1].zip == "98032")
        #expect(companies[2].address == "12 Calle Nº 5" && companies[2].stateCode == "WA")
        #expect(companies[4].city == nil && companies[4].nameAboveAddress == nil)
        #expect(companies.allSatisfy { $0.isActive && $0.updatedAt == nil && $0.originID == nil })
        // The template and the API give the same companies.
        let listed = try SharedSamples.records("vendors_list.json").map { try Company($0) }
        #expect(companies.map(\.name) == listed.map(\.name))
        #expect(companies.map(\.businessPhone) == listed.map(\.businessPhone))
    }

    @Test(.enabled(if: SharedSamples.exists)) func projectsOfAList() throws {
        let projects = try SharedSamples.records("projects_list.json").map { try Project($0) }
        #expect(projects.map(\.id) == ["225906", "225907", "225908", "225909"])
        #expect(projects[0].name == "Harbor Pointe Medical Office Bldg")
        #expect(projects[0].address == "1800 Harbor Pointe Way")
        #expect(projects[0].originID == "80000021-1718000000" && projects[0].editSequence == "1718000123")
        #expect(projects[1].name == "Müller & Sons Café Fit-Out" && projects[1].address == "77 Rue Émile, Suite #4")
        #expect(projects[1].city == "Olympia" && projects[1].stateCode == "WA" && projects[1].zip == "98501")
        #expect(projects[2].name?.count == 47 && projects[2].address == nil)
        #expect(projects[3].name == #"Old Mill: Warehouse "B""#)
        #expect(projects.map { $0.skipped == nil } == [true, true, true, false])
        #expect(projects[3].shown == "project 225909" && projects[3].updatedAt == nil)

        let request = try #require(try SharedSamples.records("project_create_request.json").first)
        let created = try Project(try #require(try request.record("project")))
        #expect(created.id == nil && created.shown == #"project "Alder Street Apartments""#)
        #expect(created.zip == "98371" && created.editSequence == "1720100007")
    }

    @Test(.enabled(if: SharedSamples.exists)) func costCodesOfAList() throws {
        let codes = try SharedSamples.records("standard_cost_codes_list.json").map { try StandardCostCode($0) }
        #expect(codes.count == 11)
        #expect(codes[0].id == "71001" && codes[0].code == "01" && codes[0].fullCode == "01")
        #expect(codes[0].parentID == nil)
        #expect(codes[6].id == "71102" && codes[6].code == "300" && codes[6].fullCode == "03-300")
        #expect(codes[6].parentID == "71002" && codes[6].name == "Cast-in-Place Concrete")
        #expect(codes[6].originID == "80000102-1717000000" && codes[6].editSequence == "1717000050")
        #expect(codes[9].name == "Painting – Intérieur/Exterior")
        #expect(codes[10].originID == nil && codes[10].businessKey == "26-050")
        #expect(codes.allSatisfy { $0.scope == "5512" && $0.knowsItsParent && $0.skipped == nil })

        let rows = try rows("cost_codes_import.csv").map { try StandardCostCode($0) }
        #expect(rows.map(\.fullCode) == codes.map(\.fullCode))
        #expect(rows.map(\.name) == codes.map(\.name))
        #expect(rows.allSatisfy { $0.id == nil && !$0.knowsItsParent && $0.scope == nil })
        #expect(rows[6].shown == #"cost code "03-300""#)
    }

    @Test func costCodeThatWasDeletedIsSkipped() throws {
        let code = try StandardCostCode(try object(#"{"id":1,"code":"03","deleted_at":"2024-06-10T16:05:11Z"}"#))
        #expect(code.isDeleted && code.skipped != nil)
        // Without a full code, the code is all there is.
        #expect(code.fullCode == "03")
    }

    @Test(
        arguments: [
            ("7", "7"), (#""7""#, "7"), ("562949954728542", "562949954728542"), ("0", "0"),
            ("18446744073709551615", "18446744073709551615"), ("null", nil), (#""""#, nil), (#"" ""#, nil),
        ] as [(String, String?)]) func idIsAWholeNumber(written: String, id: String?) throws
    {
        #expect(try Company(try object(#"{"id":\#(written)}"#)).id == id)
    }

    @Test(arguments: [
        "18446744073709551616", "-1", "1.0", "1e3", "true", #""12a""#, #""٣""#, #"" 7""#, "[1]", "{}", #"7,"id":8"#,
    ]) func anotherIDIsAProblem(written: String) throws {
        let json = try object(#"{"id":\#(written)}"#)
        let problem = #expect(throws: Problem.self) { try Company(json) }
        #expect(problem?.field == "id")
    }

    @Test func fieldsAreFilledOrAbsent() throws {
        let company = try Company(
            try object(##"{"company":"A","name":" ","city":"\u00a0\t","zip":98421,"address":"1\n2","state_code":"#"}"##)
        )
        #expect(company.name == "A")
        #expect(company.city == nil)
        #expect(company.zip == "98421" && company.address == "1\n2" && company.stateCode == "#")
        #expect(company.shown == #"vendor "A""#)
        #expect(try Company(try object("{}")).shown == "vendor without id and name")
        #expect(try Company(try object(#"{"is_active":false}"#)).skipped != nil)
        #expect(try Company(try object(#"{"is_active":null}"#)).isActive)
        let problem = #expect(throws: Problem.self) { try Company(try object(#"{"name":{"first":"A"}}"#)) }
        #expect(problem?.field == "name")
    }

    @Test(
        arguments: [
            (#""{\"edit_sequence\":\"17\"}""#, "17"), (#""{\"edit_sequence\":17}""#, "17"), (#""{}""#, nil),
            (#""not JSON""#, nil), (#""{\"edit_sequence\":[]}""#, nil), ("null", nil),
        ] as [(String, String?)]) func editSequenceIsReadFromOriginData(written: String, sequence: String?) throws
    {
        #expect(try Project(try object(#"{"origin_data":\#(written)}"#)).editSequence == sequence)
    }
}
