import Domain
import Testing

@testable import Procore

@Suite struct ExportLimitsTests {
    private let small = ReadingLimits(recordBytes: 20)

    @Test func aLongRecordIsRefusedByNumber() {
        let text = #"[{"id":1},{"name":"01234567890123456789"}]"#
        #expect(problem(text, limits: small)?.hasPrefix("Record 2 is longer than 20 bytes") == true)
        #expect(problem(text, chunk: 1, limits: small)?.hasPrefix("Record 2 is longer than 20 bytes") == true)
        #expect(problem(#"{"name":"01234567890123456789"}"#, limits: small)?.hasPrefix("Record 1 is longer") == true)
        #expect(problem(#"[{"a":"0123456789ab"}]"#, limits: small) == nil)
    }

    /// What is too long to be held is read as it comes, to the same elements.
    @Test(arguments: [
        (#"{"data":[{"id":1},{"id":2},{"id":3}],"total":3}"#, ExportShape.data),
        (#"{"total":3,"x":{"a":[1]},"d\u0061ta" : [ {"id":1} , {"id":2} ] }"#, .data),
        (#"{"total":"01234567890123","data":{"id":1}}"#, .data),
        (#"{"errors":[],"data":[{"id":1},{"id":2}]}"#, .data),
        (#"{"data":[{"id":1},{"id":2}],"errors":[]}"#, .data),
        (#"{"entities":[{"id":1},{"id":2}],"errors":[{"id":9}]}"#, .syncResponse),
        (#"{"errors":[{"id":9}],"x":1,"entities":[{"id":1}]}"#, .syncResponse),
    ]) func longWrappersStream(_ text: String, _ shape: ExportShape) throws {
        let held = try elements(Array(text.utf8))
        for chunk in [1, 2, 5, .max] {
            let streamed = try elements(Array(text.utf8), chunk: chunk, limits: small)
            #expect(streamed.shape == shape)
            #expect(held.shape == shape)
            #expect(streamed.lines.sorted() == held.lines.sorted())
        }
    }

    @Test(arguments: [
        (#"{"data":[{"id":1}],"data":[{"id":2}]}"#, "The key data stands twice at the top of the file."),
        (
            #"{"data":[{"id":1},{}],"entities":[{"id":2}]}"#,
            "The file holds records (data) and the answers to a sync call (entities, errors) together."
        ),
        (#"{"data":[{"id":1},2],"more":"0123456789"}"#, "Record 2 of the list is no JSON object."),
        (
            #"{"data":[{"id":1}],"more":0123456789}"#,
            "The file is no valid JSON. Line 1, column 28: a comma or } was expected, and there is \"1\"."
        ),
    ]) func longWrappersAreCheckedToo(_ text: String, _ what: String) {
        #expect(problem(text, limits: small) == what)
    }

    @Test func tooManyValuesAreTooLong() {
        let list = "[" + String(repeating: "1,", count: JSONScanner.valueLimit) + "1]"
        #expect(problem(#"[{"a":"# + list + "}]")?.hasPrefix("Record 1 holds more than") == true)
        let wrapper = #"{"data":["# + String(repeating: "{},", count: JSONScanner.valueLimit) + "{}]}"
        #expect((try? elements(wrapper))?.count == JSONScanner.valueLimit + 1)
    }

    /// A wrapper of very many small records takes time in proportion to its length.
    @Test(.timeLimit(.minutes(1))) func heldWrappersAreReadInOnePass() throws {
        let wrapper = #"{"entities":["# + String(repeating: "{},", count: 100_000) + "{}]}"
        #expect(try elements(wrapper).count == 100_001)
    }

    // needs ../shared
    @Test(.enabled(if: Shared.exists(Shared.procore)), arguments: Shared.names(Shared.procore, ".json"))
    func procoresSamplesAreRead(_ name: String) throws {
        let bytes = try Shared.bytes(Shared.procore, name)
        let whole = try elements(bytes)
        #expect(!whole.lines.isEmpty)
        #expect(whole.shape != nil)
        #expect(try elements(bytes, chunk: 3).lines == whole.lines)
    }
}
