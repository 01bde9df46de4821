import Domain
import Testing

@testable import Procore

/// Each limit of the JSON and CSV readers has a sentence of its own.
@Suite struct ReaderLimitsTests {
    private func expectJSON(_ text: String, _ what: String?, _ limits: ReadingLimits = ReadingLimits()) {
        for chunk in [1_000, .max] { #expect(problem(text, chunk: chunk, limits: limits) == what) }
    }

    private func malformed(_ what: String) -> String { "The file is no valid JSON. Line 1, column \(what)." }

    @Test func nesting() {
        let depth = JSONScanner.depthLimit
        let deep = String(repeating: "{\"a\":", count: depth)
        expectJSON(
            "[" + deep + "[]",
            malformed("\(depth * 5 + 2): the values are nested deeper than 64 levels"))
    }

    @Test func aLongText() {
        let most = String(repeating: "x", count: JSONScanner.textLimit)
        #expect(problem("[{\"a\":\"\(most)\"}]") == nil)
        expectJSON("[{\"a\":\"\(most)x\"}]", malformed("7: the text is longer than 1048576 bytes"))
        // It is told before the end of the text has come.
        expectJSON("[{\"a\":\"\(most)x", malformed("7: the text is longer than 1048576 bytes"))
    }

    @Test func aLongNumber() {
        let most = String(repeating: "1", count: JSONScanner.numberLimit)
        #expect(problem("[{\"a\":\(most)}]") == nil)
        expectJSON("[{\"a\":\(most)1}]", malformed("7: the number has more than 1,000 digits"))
        expectJSON("[{\"a\":1e999999}]", nil)
    }

    @Test func aLongRecordAndManyValues() {
        expectJSON(
            #"[{"a":"01234567890123456789"}]"#, "Record 1 is longer than 20 bytes.", ReadingLimits(recordBytes: 20))
        let list = String(repeating: "1,", count: JSONScanner.valueLimit)
        expectJSON("[{\"a\":[\(list)1]}]", "Record 1 holds more than 524288 values.")
        expectJSON("{\"a\":[\(list)1]}", "Record 1 holds more than 524288 values.")
    }

    @Test func aLongFile() {
        let limits = ReadingLimits(fileBytes: 20)
        expectJSON(#"[{"a":1},{"a":2},{}]"#, nil, limits)
        expectJSON(#"[{"a":1},{"a":2},{} ]"#, "The file is longer than 20 bytes.", limits)
    }

    /// Behind a mark that says it is, or behind text that was.
    @Test func textThatIsNotUTF8() {
        for bytes: [UInt8] in [[0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff], [0xf4, 0x90, 0x80, 0x80]] {
            do {
                _ = try elements([0xef, 0xbb, 0xbf] + Array("[{\"a\":\"".utf8) + bytes + Array("\"}]".utf8))
                Issue.record("read: \(bytes)")
            } catch {
                #expect((error as? Problem)?.what == malformed("8: the text is not UTF-8"))
            }
        }
    }

    @Test(arguments: [#"\ud800"#, #"\ud800x"#, #"\udc00"#, #"\ud800\u0041"#])
    func halfOfASurrogatePair(_ text: String) {
        expectJSON(
            "[{\"a\":\"\(text)\"}]", malformed("8: half of a surrogate pair stands alone"))
    }

    @Test func aFieldThatStandsTwice() throws {
        let record = try JSONRecord(parsing: Array(#"{"name":"a","name":"b"}"#.utf8))
        let problem = #expect(throws: Problem.self) { try record.text("name") }
        #expect(problem?.what == "The field name stands twice in the record, with different values.")
    }

    @Test func csv() {
        func what(_ text: String, _ limits: ReadingLimits) -> String? {
            do {
                var reader = CSVReader(MemorySource(Array(text.utf8), chunk: 5), limits: limits)
                while try reader.next() != nil {}
                return nil
            } catch {
                return (error as? Problem)?.what
            }
        }
        #expect(what("a,b\n1,2\n3,4\n", ReadingLimits(fileBytes: 11)) == "The file is longer than 11 bytes.")
        #expect(what("a,b\n1,2\n3,4\n", ReadingLimits(fileBytes: 12)) == nil)
    }
}
