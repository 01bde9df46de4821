import Testing

@testable import Domain

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2024-06-10T16:05:11Z", 1_718_035_511),
        // The example of Procore's own documentation, seven hours behind.
        ("2020-10-19T12:17:31-07:00", 1_603_135_051), ("2024-02-29T23:59:59+00:00", 1_709_251_199),
        ("2000-03-01T00:00:00Z", 951_868_800),
    ]) func momentsAreReadWithTheirOffset(_ text: String, _ seconds: Int64) throws {
        #expect(Timestamp(text)?.microseconds == seconds * 1_000_000)
    }

    @Test(arguments: [
        "", "2024-06-10", "2024-13-10T16:05:11Z", "2024-06-10T16:05:11", "yesterday", "2024-06-10T16:05:11Zx",
    ])
    func everythingElseIsRefused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func fractionsCount() throws {
        let early = try #require(Timestamp("2024-06-10T16:05:11.249Z"))
        let late = try #require(Timestamp("2024-06-10T16:05:11.25Z"))
        #expect(early < late)
    }
}

@Suite struct ContentTests {
    @Test func whatIsEncodedIsReadBack() {
        let content = Content([
            .init("Name", "Peña & Sons: \"x\"\n2"),
            .init("ParentRef/ListID", idOf: RecordKey(.standardCostCodes, "71002")),
            .init("Phone", ""),
        ])
        #expect(Content(decoding: content.encoded) == content)
        #expect(Content(decoding: []) == Content())
        #expect(content.references == [RecordKey(.standardCostCodes, "71002")])
    }
}

@Suite struct IdentityTests {
    @Test(arguments: [
        ("800003DD-1600977189", true), ("7-1646382259", true), ("vendor-12", false), ("", false), ("80-", false),
        ("INT-1", false),
    ])
    func quickBooksIdsAreTold(_ text: String, _ expected: Bool) {
        #expect(isQuickBooksID(text) == expected)
    }

    @Test func aNamedGUIDIsStableAndOfVersionFive() {
        let guid = nameBasedGUID("8089/vendors/401104")
        #expect(guid == nameBasedGUID("8089/vendors/401104"))
        #expect(guid != nameBasedGUID("8089/vendors/401105"))
        #expect(guid.wholeMatch(of: /\{[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\}/) != nil)
    }

    @Test func theDigestIsThatOfTheStandard() {
        // FIPS 180-4, the example "abc".
        #expect(
            Digest(of: "abc".utf8).description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
